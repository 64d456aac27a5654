#include "protocol/messages/describe_user_scram_credentials.h"

#include "protocol/wire/archive_impl.h"

namespace kmirror::protocol {

KMIRROR_INSTANTIATE_MESSAGE(DescribeUserScramCredentialsRequest);
KMIRROR_INSTANTIATE_MESSAGE(DescribeUserScramCredentialsResponse);

}  // namespace kmirror::protocol
