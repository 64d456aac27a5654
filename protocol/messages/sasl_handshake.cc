#include "protocol/messages/sasl_handshake.h"

#include "protocol/wire/archive_impl.h"

namespace kmirror::protocol {

KMIRROR_INSTANTIATE_MESSAGE(SaslHandshakeRequest);
KMIRROR_INSTANTIATE_MESSAGE(SaslHandshakeResponse);

}  // namespace kmirror::protocol
