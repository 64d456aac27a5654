#include "protocol/messages/end_txn.h"

#include "protocol/wire/archive_impl.h"

namespace kmirror::protocol {

KMIRROR_INSTANTIATE_MESSAGE(EndTxnRequest);
KMIRROR_INSTANTIATE_MESSAGE(EndTxnResponse);

}  // namespace kmirror::protocol
