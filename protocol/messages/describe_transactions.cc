#include "protocol/messages/describe_transactions.h"

#include "protocol/wire/archive_impl.h"

namespace kmirror::protocol {

KMIRROR_INSTANTIATE_MESSAGE(DescribeTransactionsRequest);
KMIRROR_INSTANTIATE_MESSAGE(DescribeTransactionsResponse);

}  // namespace kmirror::protocol
