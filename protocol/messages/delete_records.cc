#include "protocol/messages/delete_records.h"

#include "protocol/wire/archive_impl.h"

namespace kmirror::protocol {

KMIRROR_INSTANTIATE_MESSAGE(DeleteRecordsRequest);
KMIRROR_INSTANTIATE_MESSAGE(DeleteRecordsResponse);

}  // namespace kmirror::protocol
