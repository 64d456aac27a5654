#include "mirror/core/fetch_session.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>

namespace kmirror::mirror {
namespace {

using protocol::ErrorCode;
using testing::ElementsAre;
using testing::IsEmpty;

using Request = FetchSession::Request;

constexpr std::int32_t kId = 77;

struct FetchSessionTest : testing::Test {
  FetchSession session;

  Request next() { return session.next_request(true); }

  // Lanes 0, 1 and 2 are in a session.
  void begin() {
    for (const std::size_t lane : {0u, 1u, 2u}) session.read(lane, {.offset = 10});
    next();
    ASSERT_TRUE(session.on_response(ErrorCode::kNone, kId));
  }

  // What is asked for from now on without a session, all lanes being named.
  void expect_full(std::int32_t id) {
    const Request request = next();
    EXPECT_EQ(request.id, id);
    EXPECT_EQ(request.epoch, 0);
    EXPECT_EQ(request.named.size(), session.size());
    EXPECT_THAT(request.forgotten, IsEmpty());
  }
};

TEST_F(FetchSessionTest, ASessionIsAskedForWithAllLanes) {
  session.read(4, {.offset = 7, .leader_epoch = 2});
  session.read(2, {.offset = 5});
  const Request request = next();
  EXPECT_EQ(request.id, 0);
  EXPECT_EQ(request.epoch, 0);
  EXPECT_THAT(request.named, ElementsAre(2, 4));
  EXPECT_EQ(session.place(4).offset, 7);
  EXPECT_EQ(session.place(4).leader_epoch, 2);
}

TEST_F(FetchSessionTest, OnlyChangesAreNamed) {
  begin();
  Request request = next();
  EXPECT_EQ(request.id, kId);
  EXPECT_EQ(request.epoch, 1);
  EXPECT_THAT(request.named, IsEmpty());
  EXPECT_THAT(request.forgotten, IsEmpty());
  ASSERT_TRUE(session.on_response(ErrorCode::kNone, kId));

  session.read(2, {.offset = 10, .leader_epoch = 1});
  session.read(1, {.offset = 11});
  session.read(3, {.offset = 0});
  session.rest(0);
  request = next();
  EXPECT_EQ(request.epoch, 2);
  EXPECT_THAT(request.named, ElementsAre(1, 2, 3));
  EXPECT_THAT(request.forgotten, ElementsAre(0));
}

TEST_F(FetchSessionTest, WhatIsTakenBackBeforeItIsToldIsNoChange) {
  begin();
  session.rest(0);
  session.read(0, {.offset = 10});
  session.read(1, {.offset = 11});
  session.read(1, {.offset = 10});
  session.read(3, {.offset = 0});
  session.rest(3);
  session.rest(9);
  const Request request = next();
  EXPECT_THAT(request.named, IsEmpty());
  EXPECT_THAT(request.forgotten, IsEmpty());
  EXPECT_THAT(session.lanes(), ElementsAre(0, 1, 2));
  EXPECT_EQ(session.size(), 3u);
}

// Whoever comes back is named again, though he goes on where he was.
TEST_F(FetchSessionTest, AForgottenLaneIsNamedAgain) {
  begin();
  session.rest(1);
  next();
  session.on_response(ErrorCode::kNone, kId);
  EXPECT_FALSE(session.reads(1));
  session.read(1, {.offset = 10});
  EXPECT_THAT(next().named, ElementsAre(1));
}

TEST_F(FetchSessionTest, WithoutASessionAllAreNamedEachTimeInTurn) {
  for (const std::size_t lane : {0u, 1u, 2u}) session.read(lane, {.offset = 10});
  EXPECT_THAT(next().named, ElementsAre(0, 1, 2));
  EXPECT_TRUE(session.on_response(ErrorCode::kNone, 0));
  EXPECT_THAT(next().named, ElementsAre(1, 2, 0));
  EXPECT_TRUE(session.on_response(ErrorCode::kNone, 0));
  session.rest(0);
  expect_full(0);
}

TEST_F(FetchSessionTest, ErrorsOfASession) {
  struct Case {
    ErrorCode code;
    std::int32_t id;       // in the answer
    bool taken;            // not to be asked again at once
    std::int32_t next_id;  // that the next session ends
  };
  const Case cases[] = {
      {ErrorCode::kFetchSessionIdNotFound, 0, false, 0},
      {ErrorCode::kInvalidFetchSessionEpoch, 0, false, kId},
      {ErrorCode::kFetchSessionTopicIdError, 0, false, kId},
      {ErrorCode::kUnknownServerError, 0, true, kId},
      {ErrorCode::kNone, 0, true, 0},
      {ErrorCode::kNone, kId + 1, true, kId + 1},
  };
  for (const Case& c : cases) {
    session = FetchSession();
    begin();
    next();
    EXPECT_EQ(session.on_response(c.code, c.id), c.taken) << error_name(c.code);
    expect_full(c.next_id);
    EXPECT_TRUE(session.on_response(c.code, 0)) << "refused though it asked for a new one";
  }
}

// What was forgotten by the lost request is not in the new session either.
TEST_F(FetchSessionTest, ALostAnswerEndsTheSession) {
  begin();
  session.rest(1);
  next();
  session.restart();
  EXPECT_THAT(next().named, ElementsAre(2, 0));
  session.on_response(ErrorCode::kNone, kId + 1);
  const Request request = next();
  EXPECT_EQ(request.id, kId + 1);
  EXPECT_EQ(request.epoch, 1);
  EXPECT_THAT(request.forgotten, IsEmpty());
}

TEST_F(FetchSessionTest, NamesAndIdsAreNotMixed) {
  begin();
  const Request request = session.next_request(false);
  EXPECT_EQ(request.id, kId);
  EXPECT_EQ(request.epoch, 0);
  session.on_response(ErrorCode::kNone, kId + 1);
  EXPECT_EQ(session.next_request(false).epoch, 1);
  session.on_response(ErrorCode::kNone, kId + 1);
  expect_full(kId + 1);
}

}  // namespace
}  // namespace kmirror::mirror
