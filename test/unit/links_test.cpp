// The links that attendees are given: Cal.com must understand them, and nobody must be able to bend them.
#include <gtest/gtest.h>

#include "core/mail/email.hpp"

namespace calcom {
namespace {

LinkInput booking() {
  LinkInput input;
  input.booker_url = "https://cal.example";
  input.uid = "8V1BBzR6JSpDgJbo8NoKNg";
  input.recipient_email = "ana+x@example.com";
  return input;
}

TEST(Links, AreCalComs) {
  EXPECT_EQ(cancel_url(booking()),
            "https://cal.example/booking/8V1BBzR6JSpDgJbo8NoKNg?cancel=true&allRemainingBookings=false"
            "&cancelledBy=ana%2Bx%40example.com");
  EXPECT_EQ(reschedule_url(booking()),
            "https://cal.example/reschedule/8V1BBzR6JSpDgJbo8NoKNg?rescheduledBy=ana%2Bx%40example.com");
}

TEST(Links, TheBookingsPageNeedsABaseAndAUid) {
  EXPECT_EQ(booking_url(booking()), "https://cal.example/booking/8V1BBzR6JSpDgJbo8NoKNg?changes=true");
  LinkInput lacking = booking();
  lacking.uid.clear();
  EXPECT_EQ(booking_url(lacking), "");
  lacking = booking();
  lacking.booker_url = "javascript:alert(1)";
  EXPECT_EQ(booking_url(lacking), "");
}

TEST(Links, OfASeatNameTheSeat) {
  LinkInput input = booking();
  input.seat_uid = "02f75d76-d491-43d7-ad82-95cbb31720a4";
  EXPECT_EQ(cancel_url(input),
            "https://cal.example/booking/8V1BBzR6JSpDgJbo8NoKNg?cancel=true&allRemainingBookings=false"
            "&cancelledBy=ana%2Bx%40example.com&seatReferenceUid=02f75d76-d491-43d7-ad82-95cbb31720a4");
  EXPECT_EQ(reschedule_url(input),
            "https://cal.example/reschedule/02f75d76-d491-43d7-ad82-95cbb31720a4"
            "?rescheduledBy=ana%2Bx%40example.com&seatReferenceUid=02f75d76-d491-43d7-ad82-95cbb31720a4");
}

TEST(Links, WithoutRecipientNameNobody) {
  LinkInput input = booking();
  input.recipient_email.clear();
  EXPECT_EQ(reschedule_url(input), "https://cal.example/reschedule/8V1BBzR6JSpDgJbo8NoKNg");
}

TEST(Links, OfPlatformsLeadToThePlatform) {
  LinkInput input = booking();
  input.seat_uid = "seat";
  input.event_type_slug = "first talk";
  input.platform_cancel_url = "https://app.example/cancel/";
  input.platform_reschedule_url = "https://app.example/move";
  EXPECT_EQ(cancel_url(input),
            "https://app.example/cancel/8V1BBzR6JSpDgJbo8NoKNg?slug=first+talk&cancel=true"
            "&allRemainingBookings=false&seatReferenceUid=seat");
  EXPECT_EQ(reschedule_url(input), "https://app.example/move/seat?slug=first+talk&reschedule=true");
}

TEST(Links, AreNotOfferedWhereCalComForbidsThem) {
  LinkInput input = booking();
  input.disable_cancelling = true;
  EXPECT_EQ(cancel_url(input), "");
  EXPECT_NE(reschedule_url(input), "");
  input.disable_rescheduling = true;
  EXPECT_EQ(reschedule_url(input), "");
}

TEST(Links, NeedABaseThatCanBeTrusted) {
  for (const char* base :
       {"", "cal.example", "javascript:alert(1)", "ftp://cal.example", "https://user:pw@cal.example",
        "https://cal.example@evil.example", "https://", "https://cal.example/?x=", "https://cal.example/#",
        "https://cal.example\r\nX: y", "https://cal.example/\"onclick=", "https:///booking"}) {
    LinkInput input = booking();
    input.booker_url = base;
    EXPECT_EQ(cancel_url(input), "") << base;
    EXPECT_EQ(reschedule_url(input), "") << base;
  }
  LinkInput input = booking();
  input.booker_url = "http://app.cal.local:3000/team//";
  EXPECT_TRUE(cancel_url(input).starts_with("http://app.cal.local:3000/team/booking/8V1"));
}

TEST(Links, EncodeWhateverTheBodySaid) {
  LinkInput input = booking();
  input.uid = "a/../b?c=d#e\"<é";
  input.recipient_email = "\"a b\"&cancel=false@x.example";
  EXPECT_TRUE(
      cancel_url(input).starts_with("https://cal.example/booking/a%2F..%2Fb%3Fc%3Dd%23e%22%3C%C3%A9?"));
  EXPECT_TRUE(cancel_url(input).ends_with("&cancelledBy=%22a+b%22%26cancel%3Dfalse%40x.example"));
  input.uid.clear();
  EXPECT_EQ(cancel_url(input), "");
  EXPECT_EQ(reschedule_url(input), "");
}

}  // namespace
}  // namespace calcom
