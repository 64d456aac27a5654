#include "protocol/messages/elect_leaders.h"

#include "protocol/wire/archive_impl.h"

namespace kmirror::protocol {

KMIRROR_INSTANTIATE_MESSAGE(ElectLeadersRequest);
KMIRROR_INSTANTIATE_MESSAGE(ElectLeadersResponse);

}  // namespace kmirror::protocol
