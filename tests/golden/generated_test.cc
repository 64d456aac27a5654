// Messages made at random, each of all.h in each version: what is written is as long as measured,
// is read back the same, and is written as the same bytes again. What is made for people shows no
// secrets and no records.
#include <absl/strings/ascii.h>
#include <fmt/format.h>
#include <gmock/gmock.h>

#include <algorithm>
#include <functional>

#include "base/join.h"
#include "proof.h"
#include "protocol/messages/registry.h"
#include "protocol/wire/diff.h"
#include "protocol/wire/generator.h"
#include "protocol/wire/json_writer.h"
#include "protocol/wire/layout.h"
#include "protocol/wire/printer.h"

namespace kmirror::protocol {
namespace {

constexpr int kSeeds = 50;

// What became of a message that was written, read and written again.
struct Outcome {
  WireError encoded;
  WireError decoded;
  WireError encoded_again;
  std::size_t measured = 0;
  Buffer first;
  Buffer second;
  std::vector<std::string> differences;
};

// What is made for people, and what shows everything.
struct Texts {
  std::string printed;
  std::string compared;
  std::string json;
};

AnyMessage generated(const MessageType& type, Random& random, std::int16_t version) {
  AnyMessage message(type);
  generate(type.layout(), message.get(), version, type.api.flexible_in(version), random);
  return message;
}

Outcome round_trip(const MessageType& type, Random& random, std::int16_t version) {
  const AnyMessage message = generated(type, random, version);
  Outcome out;
  GatherBuffer gathered;
  out.encoded = message.encode(version, gathered);
  out.measured = message.wire_size(version);
  out.first = join(gathered.pieces());
  AnyMessage read(type);
  out.decoded = read.decode(out.first, version);
  out.differences = diff(type.layout(), message.get(), read.get(), version);
  out.encoded_again = read.encode(version, gathered);
  out.second = join(gathered.pieces());
  return out;
}

Texts show(const MessageType& type, Random& random, std::int16_t version) {
  const StructLayout& layout = type.layout();
  const AnyMessage message = generated(type, random, version);
  const AnyMessage other = generated(type, random, version);
  const auto differences = diff(layout, message.get(), other.get(), version);
  return {.printed = print(layout, message.get(), version),
          .compared = fmt::format("{}", fmt::join(differences, "\n")),
          .json = to_json(layout, message.get(), version)};
}

void for_each_generated(
    const std::function<void(const MessageType&, Random& random, std::int16_t version)>& visit) {
  for (const MessageType& message : message_types()) {
    const VersionRange versions = message.api.known();
    for (std::int16_t version = versions.min; version <= versions.max; ++version) {
      Random random = Random(1).split(fmt::format("{} v{}", message.name, version));
      for (int seed = 0; seed < kSeeds; ++seed) {
        SCOPED_TRACE(fmt::format("{} v{}, message {}", message.name, version, seed));
        visit(message, random, version);
        if (testing::Test::HasFailure()) return;  // the others would fail alike
      }
    }
  }
}

TEST(Generated, IsReadAsWritten) {
  golden::Proof proof("generated messages read as written");
  for_each_generated([&proof](const MessageType& message, Random& random, std::int16_t version) {
    const Outcome outcome = round_trip(message, random, version);
    EXPECT_FALSE(outcome.encoded) << outcome.encoded.to_string();
    EXPECT_EQ(outcome.measured, outcome.first.size());
    EXPECT_FALSE(outcome.decoded) << outcome.decoded.to_string();
    EXPECT_THAT(outcome.differences, testing::IsEmpty());
    EXPECT_FALSE(outcome.encoded_again) << outcome.encoded_again.to_string();
    EXPECT_EQ(outcome.second, outcome.first);
    proof.add(message.name, version, 1);
  });
}

TEST(Generated, IsShownToPeopleWithoutSecretsAndRecords) {
  const std::string secret(kGeneratedSecret);
  int with_secret = 0;
  for_each_generated([&](const MessageType& message, Random& random, std::int16_t version) {
    const Texts texts = show(message, random, version);
    EXPECT_THAT(texts.printed, testing::Not(testing::HasSubstr(secret)));
    EXPECT_THAT(texts.printed, testing::Not(testing::HasSubstr("\n")));
    EXPECT_THAT(texts.compared, testing::Not(testing::HasSubstr(secret)));
    if (texts.json.find(secret) != std::string::npos) ++with_secret;
  });
  EXPECT_GT(with_secret, 100);
}

// Calls `visit` with every field of a message, nested ones included, and its path.
void for_each_field(const StructLayout& layout, const std::string& path,
                    const std::function<void(const FieldLayout&, const std::string&)>& visit) {
  for (const FieldLayout& field : layout.fields) {
    const std::string name = fmt::format("{}.{}", path, field.name);
    visit(field, name);
    const ValueType* type = field.type;
    while (type->element_type != nullptr) type = type->element_type;
    if (type->kind == ValueKind::kStruct) for_each_field(type->layout(), name, visit);
  }
}

void for_each_field(
    const std::function<void(const FieldLayout& field, const std::string& path)>& visit) {
  for (const MessageType& message : message_types()) {
    for_each_field(message.layout(), message.name, visit);
  }
}

// By its name alone.
bool sounds_secret(const std::string& path) {
  const std::string text = absl::AsciiStrToLower(path);
  if (text.ends_with("configs.value") || text.ends_with("synonyms.value")) return true;
  const std::string name = text.substr(text.rfind('.') + 1);
  constexpr std::string_view kWords[] = {"password", "salt", "authbytes", "hmac", "token"};
  return std::ranges::any_of(
      kWords, [&name](std::string_view word) { return name.find(word) != std::string::npos; });
}

TEST(Generated, WhatSoundsSecretIs) {
  golden::Count secrets("fields with the name of a secret that people are not shown");
  for_each_field([&secrets](const FieldLayout& field, const std::string& path) {
    if (!sounds_secret(path)) return;
    EXPECT_TRUE(field.spec.secret) << path;
    secrets.add(1);
  });
}

// The generator goes by what describe() says; this list does not.
TEST(Generated, TheseFieldsAreSecrets) {
  std::vector<std::string> secrets;
  for_each_field([&secrets](const FieldLayout& field, const std::string& path) {
    if (field.spec.secret) secrets.push_back(path);
  });
  EXPECT_THAT(secrets,
              testing::ElementsAre("CreateTopicsRequest.topics.configs.value",
                                   "CreateTopicsResponse.topics.configs.value",
                                   "DescribeConfigsResponse.results.configs.value",
                                   "DescribeConfigsResponse.results.configs.synonyms.value",
                                   "AlterConfigsRequest.resources.configs.value",
                                   "SaslAuthenticateRequest.authBytes",
                                   "SaslAuthenticateResponse.authBytes",
                                   "IncrementalAlterConfigsRequest.resources.configs.value",
                                   "AlterUserScramCredentialsRequest.upsertions.salt",
                                   "AlterUserScramCredentialsRequest.upsertions."
                                   "saltedPassword"));
}

}  // namespace
}  // namespace kmirror::protocol
