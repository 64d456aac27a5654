#include "protocol/framing.h"

#include <gmock/gmock.h>

#include <string>

#include "protocol/messages/api_versions.h"
#include "protocol/messages/init_producer_id.h"
#include "protocol/testing/flatten.h"

namespace kmirror::protocol {
namespace {

TEST(Framing, RequestWithHeaderV1) {
  GatherBuffer out;
  ASSERT_FALSE(encode_request(ApiVersionsRequest(), 0, 258, "me", out));
  const Buffer expected = {0, 0, 0, 12, 0, 18, 0, 0, 0, 0, 1, 2, 0, 2, 'm', 'e'};
  EXPECT_EQ(flatten(out), expected);
}

TEST(Framing, RequestWithHeaderV2) {
  ApiVersionsRequest request;
  request.client_software_name = "k";
  request.client_software_version = "1";
  GatherBuffer out;
  ASSERT_FALSE(encode_request(request, 3, 258, "me", out));
  const Buffer expected = {0, 0, 0, 18,  0,   18, 0, 3,   0, 0,   1,
                           2, 0, 2, 'm', 'e', 0,  2, 'k', 2, '1', 0};
  EXPECT_EQ(flatten(out), expected);
}

TEST(Framing, RefusesAnEndlessClientId) {
  const std::string client_id(kMaxClientIdBytes + 1, 'x');
  GatherBuffer out;
  EXPECT_TRUE(encode_request(ApiVersionsRequest(), 0, 1, client_id, out));
  EXPECT_EQ(out.size(), 0);
  const auto shorter = std::string_view(client_id).substr(1);
  EXPECT_FALSE(encode_request(ApiVersionsRequest(), 0, 1, shorter, out));
}

TEST(Framing, ResponseHeaderV0) {
  const Buffer frame = {0, 0, 1, 2, 9, 9};
  ResponseFrame response;
  ASSERT_FALSE(decode_response_header(frame, InitProducerIdRequest::kApi, 1, response));
  EXPECT_EQ(response.correlation_id, 258);
  EXPECT_THAT(response.body, testing::ElementsAre(9, 9));
}

TEST(Framing, ResponseHeaderV1SkipsTags) {
  const Buffer frame = {0, 0, 1, 2, 2, 0, 1, 7, 5, 0, 9, 9};
  ResponseFrame response;
  ASSERT_FALSE(decode_response_header(frame, InitProducerIdRequest::kApi, 2, response));
  EXPECT_EQ(response.correlation_id, 258);
  EXPECT_THAT(response.body, testing::ElementsAre(9, 9));
}

TEST(Framing, ApiVersionsAlwaysHasResponseHeaderV0) {
  const Buffer frame = {0, 0, 1, 2, 9, 9};
  ResponseFrame response;
  ASSERT_FALSE(decode_response_header(frame, ApiVersionsRequest::kApi, 3, response));
  EXPECT_THAT(response.body, testing::ElementsAre(9, 9));
}

TEST(Framing, TruncatedResponseHeaders) {
  const Buffer frame = {0, 0, 1, 2, 1, 0, 1, 7};
  for (std::size_t size = 0; size < frame.size(); ++size) {
    const Buffer prefix(frame.begin(), frame.begin() + static_cast<long>(size));
    ResponseFrame response;
    EXPECT_TRUE(decode_response_header(prefix, InitProducerIdRequest::kApi, 2, response)) << size;
  }
}

}  // namespace
}  // namespace kmirror::protocol
