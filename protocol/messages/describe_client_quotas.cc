#include "protocol/messages/describe_client_quotas.h"

#include "protocol/wire/archive_impl.h"

namespace kmirror::protocol {

KMIRROR_INSTANTIATE_MESSAGE(DescribeClientQuotasRequest);
KMIRROR_INSTANTIATE_MESSAGE(DescribeClientQuotasResponse);

}  // namespace kmirror::protocol
