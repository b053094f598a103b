/* Preloaded into a program: a name server that does not answer for database.test as long as the file SLOW_NAMES is
 * there, and then says 127.0.0.1. Everything else is looked up as usual. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <netdb.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int getaddrinfo(const char *node, const char *service, const struct addrinfo *hints, struct addrinfo **result) {
  int (*usual)(const char *, const char *, const struct addrinfo *, struct addrinfo **) =
      (int (*)(const char *, const char *, const struct addrinfo *, struct addrinfo **))dlsym(RTLD_NEXT, "getaddrinfo");
  const char *file = getenv("SLOW_NAMES");
  if (node == NULL || strcmp(node, "database.test") != 0) return usual(node, service, hints, result);
  while (file != NULL && access(file, F_OK) == 0) usleep(20000); /* poll interval */
  return usual("127.0.0.1", service, hints, result);
}
