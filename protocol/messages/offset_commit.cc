#include "protocol/messages/offset_commit.h"

#include "protocol/wire/archive_impl.h"

namespace kmirror::protocol {

KMIRROR_INSTANTIATE_MESSAGE(OffsetCommitRequest);
KMIRROR_INSTANTIATE_MESSAGE(OffsetCommitResponse);

}  // namespace kmirror::protocol
