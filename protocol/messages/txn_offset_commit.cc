#include "protocol/messages/txn_offset_commit.h"

#include "protocol/wire/archive_impl.h"

namespace kmirror::protocol {

KMIRROR_INSTANTIATE_MESSAGE(TxnOffsetCommitRequest);
KMIRROR_INSTANTIATE_MESSAGE(TxnOffsetCommitResponse);

}  // namespace kmirror::protocol
