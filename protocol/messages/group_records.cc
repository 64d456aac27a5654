#include "protocol/messages/group_records.h"

#include "protocol/wire/archive_impl.h"

namespace kmirror::protocol {

KMIRROR_INSTANTIATE_MESSAGE(OffsetCommitKey);
KMIRROR_INSTANTIATE_MESSAGE(OffsetCommitValue);
KMIRROR_INSTANTIATE_MESSAGE(GroupMetadataKey);
KMIRROR_INSTANTIATE_MESSAGE(GroupMetadataValue);

}  // namespace kmirror::protocol
