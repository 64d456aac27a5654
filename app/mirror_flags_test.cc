#include "app/mirror_flags.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace kmirror::app {
namespace {

using Arguments = std::vector<std::string>;
using testing::ElementsAre;
using testing::HasSubstr;

std::variant<MirrorFlags, FlagsAnswer> parse(Arguments arguments) {
  return parse_mirror_flags(std::move(arguments), "1.2.3");
}

// The three flags every mirror needs, then `more`.
Arguments with_files(Arguments more) {
  Arguments all = {"--consumer.config", "c.properties", "--producer.config",
                   "p.properties",      "--whitelist",  "testtopic"};
  all.insert(all.end(), more.begin(), more.end());
  return all;
}

MirrorFlags taken(Arguments arguments) {
  auto parsed = parse(std::move(arguments));
  if (auto* answer = std::get_if<FlagsAnswer>(&parsed)) ADD_FAILURE() << answer->text;
  return std::holds_alternative<MirrorFlags>(parsed) ? std::get<MirrorFlags>(parsed)
                                                     : MirrorFlags{};
}

std::string refused(Arguments arguments) {
  auto parsed = parse(std::move(arguments));
  auto* answer = std::get_if<FlagsAnswer>(&parsed);
  if (answer == nullptr) return "taken";
  EXPECT_TRUE(answer->is_error);
  return answer->text.substr(0, answer->text.find('\n'));
}

TEST(MirrorFlags, DefaultsAreMirrorMakers) {
  mirror::MirrorInputs inputs = taken(with_files({})).inputs;
  EXPECT_EQ(inputs.consumer_config, "c.properties");
  EXPECT_EQ(inputs.producer_config, "p.properties");
  EXPECT_EQ(inputs.include, "testtopic");
  EXPECT_EQ(inputs.num_streams, 1);
  EXPECT_EQ(inputs.offset_commit_interval_ms, 60'000);
  EXPECT_FALSE(inputs.until_end);
  EXPECT_THAT(inputs.settings, ElementsAre());
}

TEST(MirrorFlags, EveryFlagWithBlankOrEqualsSign) {
  MirrorFlags flags =
      taken({"--consumer.config=a=b.properties", "--producer.config=p", "--include=a,b|c.*",
             "--whitelist", "ignored", "--num.streams=4", "--offset.commit.interval.ms", "500",
             "--abort.on.send.failure=False", "--until-end", "--set", "partitioning=key",
             "--set=topic.prefix=x,y", "--new.consumer", "--new.producer", "--num.producers", "2",
             "--queue.size=100"});
  EXPECT_EQ(flags.inputs.consumer_config, "a=b.properties");
  EXPECT_EQ(flags.inputs.include, "a,b|c.*");
  EXPECT_EQ(flags.inputs.num_streams, 4);
  EXPECT_EQ(flags.inputs.offset_commit_interval_ms, 500);
  EXPECT_TRUE(flags.inputs.until_end);
  EXPECT_THAT(flags.inputs.settings, ElementsAre("partitioning=key", "topic.prefix=x,y"));
  EXPECT_THAT(flags.warnings,
              ElementsAre("--abort.on.send.failure=false is not followed: a record that the "
                          "destination refuses is never skipped; its partition stops and the "
                          "others go on.",
                          "--num.producers has no effect: use --set threads=N for more cores.",
                          "--queue.size has no effect: use --set memory=64m for more data in "
                          "flight."));
}

TEST(MirrorFlags, RegexesPassUntouched) {
  for (std::string regex :
       {"[ab]", "[a,b]", "{x}", "\"a,b\"", "^(?!x).*", "a\\.b", "%d", "~", "-x"}) {
    EXPECT_EQ(
        taken({"--consumer.config=c", "--producer.config=p", "--include=" + regex}).inputs.include,
        regex);
  }
}

TEST(MirrorFlags, ErrorsSayWhatToDo) {
  struct Case {
    Arguments arguments;
    std::string_view said;
  };
  const Case cases[] = {
      {{}, "--consumer.config is missing: it names the properties file of the source."},
      {{"--consumer.config", "c"},
       "--producer.config is missing: it names the properties file of the destination."},
      {{"--consumer.config", "c", "--producer.config", "p"},
       "--include is missing: it takes a regex of the topics to mirror."},
      {with_files({"--blacklist", "a,b"}),
       "--blacklist is not taken, as in Kafka since 2.0: use --include '(?!(?:a,b)$).*' instead."},
      {with_files({"--num.streams", "0"}),
       "--num.streams=0 is wrong: it must be a whole number from 1 to 10000."},
      {with_files({"--num.streams=four"}),
       "--num.streams=four is wrong: it must be a whole number from 1 to 10000."},
      {with_files({"--offset.commit.interval.ms=-1"}),
       "--offset.commit.interval.ms=-1 is wrong: it must be a whole number from 1 to 2147483647."},
      {with_files({"--abort.on.send.failure", "maybe"}),
       "--abort.on.send.failure=maybe is wrong: it must be true or false."},
      {with_files({"--no.such.flag", "1"}),
       "--no.such.flag is not a flag or subcommand that is known here."},
      {with_files({"--num-streams=4"}),
       "--num-streams=4 is not a flag or subcommand that is known here; the nearest one is "
       "--num.streams."},
      {with_files({"topcis"}),
       "topcis is not a flag or subcommand that is known here; the nearest one is topics."},
      {with_files({"decod"}),
       "decod is not a flag or subcommand that is known here; the nearest one is decode."},
      {with_files({"more"}), "more is not a flag or subcommand that is known here."},
      {with_files({"--set", "a=1", "b=2"}), "b=2 is not a flag or subcommand that is known here."},
      {with_files({"--rebalance.listener.args", "x"}),
       "--rebalance.listener.args is not taken: drop it together with "
       "--consumer.rebalance.listener."},
      {with_files({"--message.handler.args", "x"}),
       "--message.handler.args is not taken: drop it together with --message.handler."},
      {with_files({"--num.streams"}), "--num.streams takes a value."},
      {with_files({"--set"}), "--set takes a value."},
      {with_files({"--consumer.config", "x"}), "--consumer.config is given more than once."},
  };
  for (const Case& c : cases) EXPECT_EQ(refused(c.arguments), c.said);
  EXPECT_THAT(refused(with_files({"--message.handler", "com.example.Handler"})),
              HasSubstr("--set topic.prefix=P"));
  EXPECT_THAT(refused(with_files({"--consumer.rebalance.listener", "com.example.Listener"})),
              HasSubstr("drop the flag"));
}

TEST(MirrorFlags, HelpAndVersionAreAnswered) {
  for (Arguments arguments : {Arguments{"--help"}, Arguments{"-h"}}) {
    auto help = std::get<FlagsAnswer>(parse(arguments));
    EXPECT_FALSE(help.is_error);
    EXPECT_THAT(help.text, HasSubstr("--consumer.config FILE"));
    EXPECT_THAT(help.text, testing::Not(HasSubstr("--blacklist")));
    EXPECT_THAT(help.text, HasSubstr("  decode    print messages"));
  }
  auto version = std::get<FlagsAnswer>(parse({"--version"}));
  EXPECT_FALSE(version.is_error);
  EXPECT_EQ(version.text, "kmirror 1.2.3\n");
}

}  // namespace
}  // namespace kmirror::app
