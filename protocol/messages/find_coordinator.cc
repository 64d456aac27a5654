#include "protocol/messages/find_coordinator.h"

#include "protocol/wire/archive_impl.h"

namespace kmirror::protocol {

KMIRROR_INSTANTIATE_MESSAGE(FindCoordinatorRequest);
KMIRROR_INSTANTIATE_MESSAGE(FindCoordinatorResponse);

}  // namespace kmirror::protocol
