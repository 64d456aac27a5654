#include "protocol/messages/transaction_records.h"

#include "protocol/wire/archive_impl.h"

namespace kmirror::protocol {

KMIRROR_INSTANTIATE_MESSAGE(TransactionLogKey);
KMIRROR_INSTANTIATE_MESSAGE(TransactionLogValue);
KMIRROR_INSTANTIATE_MESSAGE(EndTxnMarker);

}  // namespace kmirror::protocol
