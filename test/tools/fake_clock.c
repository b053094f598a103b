// A clock that a test sets: preloaded into a server, it adds to the time of day the microseconds in the file
// named by CALCOM_FAKE_CLOCK. The monotonic clock goes on as it is, as it does when an administrator sets the time.
//   cc -shared -fPIC -o fake_clock.so fake_clock.c
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

static int64_t offset(void) {
  static const volatile int64_t* file;
  if (!file) {
    const int descriptor = open(getenv("CALCOM_FAKE_CLOCK"), O_RDONLY | O_CLOEXEC);
    void* const memory = mmap(NULL, sizeof(int64_t), PROT_READ, MAP_SHARED, descriptor, 0);
    close(descriptor);
    if (memory == MAP_FAILED) abort();
    file = memory;
  }
  return *file;
}

int clock_gettime(clockid_t clock, struct timespec* at) {
  const int failed = (int)syscall(SYS_clock_gettime, clock, at);
  if (failed || clock != CLOCK_REALTIME) return failed;
  const int64_t micros = at->tv_sec * INT64_C(1000000) + at->tv_nsec / 1000 + offset();
  at->tv_sec = micros / 1000000;
  at->tv_nsec = micros % 1000000 * 1000;
  return 0;
}

int gettimeofday(struct timeval* restrict at, void* restrict zone) {
  (void)zone;
  struct timespec now;
  clock_gettime(CLOCK_REALTIME, &now);
  at->tv_sec = now.tv_sec;
  at->tv_usec = now.tv_nsec / 1000;
  return 0;
}

time_t time(time_t* at) {
  struct timespec now;
  clock_gettime(CLOCK_REALTIME, &now);
  if (at) *at = now.tv_sec;
  return now.tv_sec;
}
