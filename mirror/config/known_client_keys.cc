// The keys that Kafka's consumer and producer share: CommonClientConfigs, SaslConfigs and
// SslConfigs of kafka-clients 2.8 to 4.1.
#include "mirror/config/known_keys.h"

namespace kmirror::mirror {
namespace {

constexpr ValueRule kDuration = number(0, kMaxInt64);
constexpr std::string_view kNoClasses = "Java classes cannot be loaded here";

constexpr KnownKey kCommon[] = {
    {"auto.include.jmx.reporter", KeyRole::kNoEffect, boolean()},
    {"bootstrap.servers", KeyRole::kUsed, any_value()},
    {"client.dns.lookup", KeyRole::kNoEffect,
     one_of("use_all_dns_ips,resolve_canonical_bootstrap_servers_only,default")},
    {"client.id", KeyRole::kUsed, any_value()},
    {"config.providers", KeyRole::kRefused, any_value(),
     "${...} references are not resolved; write the values themselves"},
    {"connections.max.idle.ms", KeyRole::kNoEffect, number(-1, kMaxInt64)},
    {"enable.metrics.push", KeyRole::kNoEffect, boolean()},
    {"interceptor.classes", KeyRole::kRefused, any_value(), kNoClasses},
    {"metadata.max.age.ms", KeyRole::kUsed, kDuration},
    {"metadata.recovery.rebootstrap.trigger.ms", KeyRole::kNoEffect, kDuration},
    {"metadata.recovery.strategy", KeyRole::kNoEffect, one_of("rebootstrap,none")},
    {"metric.reporters", KeyRole::kNoEffect, any_value()},
    {"metrics.num.samples", KeyRole::kNoEffect, number(1)},
    {"metrics.recording.level", KeyRole::kNoEffect, one_of("INFO,DEBUG,TRACE")},
    {"metrics.sample.window.ms", KeyRole::kNoEffect, kDuration},
    {"receive.buffer.bytes", KeyRole::kNoEffect, number(-1)},
    {"reconnect.backoff.max.ms", KeyRole::kUsed, kDuration},
    {"reconnect.backoff.ms", KeyRole::kUsed, kDuration},
    {"request.timeout.ms", KeyRole::kUsed, number(1)},
    {"retry.backoff.max.ms", KeyRole::kUsed, kDuration},
    {"retry.backoff.ms", KeyRole::kUsed, kDuration},
    {"security.protocol", KeyRole::kRefused, one_of("PLAINTEXT,SSL,SASL_PLAINTEXT,SASL_SSL"),
     "TLS and SASL are not implemented yet, and the mirror never falls back to plaintext",
     "PLAINTEXT"},
    {"security.providers", KeyRole::kRefused, any_value(), kNoClasses},
    {"send.buffer.bytes", KeyRole::kNoEffect, number(-1)},
    {"socket.connection.setup.timeout.max.ms", KeyRole::kNoEffect, kDuration},
    {"socket.connection.setup.timeout.ms", KeyRole::kUsed, number(1, kMaxInt64)},
};

// One of ssl.* or sasl.*.
constexpr KnownKey secure(std::string_view name) {
  return {name, KeyRole::kSecureOnly, any_value()};
}

constexpr KnownKey kSecurity[] = {
    secure("sasl.client.callback.handler.class"),
    secure("sasl.jaas.config"),
    secure("sasl.kerberos.kinit.cmd"),
    secure("sasl.kerberos.min.time.before.relogin"),
    secure("sasl.kerberos.service.name"),
    secure("sasl.kerberos.ticket.renew.jitter"),
    secure("sasl.kerberos.ticket.renew.window.factor"),
    secure("sasl.login.callback.handler.class"),
    secure("sasl.login.class"),
    secure("sasl.login.connect.timeout.ms"),
    secure("sasl.login.read.timeout.ms"),
    secure("sasl.login.refresh.buffer.seconds"),
    secure("sasl.login.refresh.min.period.seconds"),
    secure("sasl.login.refresh.window.factor"),
    secure("sasl.login.refresh.window.jitter"),
    secure("sasl.login.retry.backoff.max.ms"),
    secure("sasl.login.retry.backoff.ms"),
    secure("sasl.mechanism"),
    secure("sasl.oauthbearer.assertion.algorithm"),
    secure("sasl.oauthbearer.assertion.claim.aud"),
    secure("sasl.oauthbearer.assertion.claim.exp.seconds"),
    secure("sasl.oauthbearer.assertion.claim.iss"),
    secure("sasl.oauthbearer.assertion.claim.jti.include"),
    secure("sasl.oauthbearer.assertion.claim.nbf.seconds"),
    secure("sasl.oauthbearer.assertion.claim.sub"),
    secure("sasl.oauthbearer.assertion.file"),
    secure("sasl.oauthbearer.assertion.private.key.file"),
    secure("sasl.oauthbearer.assertion.private.key.passphrase"),
    secure("sasl.oauthbearer.assertion.template.file"),
    secure("sasl.oauthbearer.client.credentials.client.id"),
    secure("sasl.oauthbearer.client.credentials.client.secret"),
    secure("sasl.oauthbearer.clock.skew.seconds"),
    secure("sasl.oauthbearer.expected.audience"),
    secure("sasl.oauthbearer.expected.issuer"),
    secure("sasl.oauthbearer.header.urlencode"),
    secure("sasl.oauthbearer.jwks.endpoint.refresh.ms"),
    secure("sasl.oauthbearer.jwks.endpoint.retry.backoff.max.ms"),
    secure("sasl.oauthbearer.jwks.endpoint.retry.backoff.ms"),
    secure("sasl.oauthbearer.jwks.endpoint.url"),
    secure("sasl.oauthbearer.jwt.retriever.class"),
    secure("sasl.oauthbearer.jwt.validator.class"),
    secure("sasl.oauthbearer.scope"),
    secure("sasl.oauthbearer.scope.claim.name"),
    secure("sasl.oauthbearer.sub.claim.name"),
    secure("sasl.oauthbearer.token.endpoint.url"),
    secure("ssl.cipher.suites"),
    secure("ssl.enabled.protocols"),
    secure("ssl.endpoint.identification.algorithm"),
    secure("ssl.engine.factory.class"),
    secure("ssl.key.password"),
    secure("ssl.keymanager.algorithm"),
    secure("ssl.keystore.certificate.chain"),
    secure("ssl.keystore.key"),
    secure("ssl.keystore.location"),
    secure("ssl.keystore.password"),
    secure("ssl.keystore.type"),
    secure("ssl.protocol"),
    secure("ssl.provider"),
    secure("ssl.secure.random.implementation"),
    secure("ssl.trustmanager.algorithm"),
    secure("ssl.truststore.certificates"),
    secure("ssl.truststore.location"),
    secure("ssl.truststore.password"),
    secure("ssl.truststore.type"),
};

}  // namespace

std::span<const KnownKey> common_client_keys() {
  return kCommon;
}
std::span<const KnownKey> security_keys() {
  return kSecurity;
}

}  // namespace kmirror::mirror
