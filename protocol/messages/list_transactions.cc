#include "protocol/messages/list_transactions.h"

#include "protocol/wire/archive_impl.h"

namespace kmirror::protocol {

KMIRROR_INSTANTIATE_MESSAGE(ListTransactionsRequest);
KMIRROR_INSTANTIATE_MESSAGE(ListTransactionsResponse);

}  // namespace kmirror::protocol
