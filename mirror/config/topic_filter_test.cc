#include "mirror/config/topic_filter.h"

#include <gtest/gtest.h>

namespace kmirror::mirror {
namespace {

TopicFilter filter_of(std::string_view text) {
  ConfigResult<TopicFilter> filter = TopicFilter::compile(text);
  if (!filter) ADD_FAILURE() << filter.error().text;
  return filter ? *filter : TopicFilter();
}

TEST(TopicFilter, MatchesWholeNames) {
  struct Case {
    std::string_view text, topic;
    bool matches;
  };
  const Case cases[] = {
      {"test", "test", true},         {"test", "test2", false},
      {"test", "atest", false},       {"test.*", "test2", true},
      {"a|ab", "ab", true},           {"a,ab", "ab", true},
      {" a , b ", "b", true},         {"\"a,b\"", "a", true},
      {"'\"a,b'\"", "b", true},       {"a b", "ab", true},
      {"^(?!x).*", "yx", true},       {"^(?!x).*", "xy", false},
      {"(?!(?:a,b)$).*", "b", false}, {"(?!(?:a,b)$).*", "bb", true},
      {"a.b", "a-b", true},           {"a\\.b", "a-b", false},
      {"[a-c]{2}", "cb", true},       {"[^]a]", "b", true},
      {"(?i)TOPIC", "topic", true},   {"\\Qa.b\\E|\\Q[&&\\E", "a.b", true},
      {"[\\[&]", "&", true},          {"(?<team>x+)-\\k<team>", "xx-xx", true},
      {"a{1,2}", "aa", false},  // the comma is an alternative, as in MirrorMaker
  };
  for (const Case& c : cases) {
    EXPECT_EQ(filter_of(c.text).match(c.topic) == TopicMatch::kYes, c.matches)
        << c.text << " on " << c.topic;
  }
}

TEST(TopicFilter, ShowsThePreparedPattern) {
  EXPECT_EQ(filter_of(" 'a , b' ").pattern(), "a|b");
}

TEST(TopicFilter, InternalTopicsOnlyByName) {
  for (std::string topic : {"__consumer_offsets", "__transaction_state", "__share_group_state"}) {
    EXPECT_EQ(filter_of(".*").match(topic), TopicMatch::kNo);
    EXPECT_EQ(filter_of("_.*|" + topic + ".*").match(topic), TopicMatch::kNo);
    EXPECT_EQ(filter_of("a," + topic).match(topic), TopicMatch::kYes);
  }
  EXPECT_EQ(filter_of(".*").match("__mine"), TopicMatch::kYes);
}

TEST(TopicFilter, SaysWhereARegexDoesNotCompile) {
  struct Case {
    std::string_view text, error;
  };
  const Case cases[] = {
      {"a(b", "the topic regex a(b does not compile: missing closing parenthesis at position 3."},
      {"*",
       "the topic regex * does not compile: quantifier does not follow a repeatable item at "
       "position 0."},
      {"[a-z&&[^b]]",
       "the topic regex [a-z&&[^b]] does not compile: character classes cannot hold [ or && "
       "(position 4); write the class out, or \\[ for a bracket."},
      {"x[a[bc]]",
       "the topic regex x[a[bc]] does not compile: character classes cannot hold [ or && "
       "(position 3); write the class out, or \\[ for a bracket."},
      {"", "no topics are named: --include (or --whitelist) takes a regex of topics."},
      {" '' ", "no topics are named: --include (or --whitelist) takes a regex of topics."},
  };
  for (const Case& c : cases) {
    ConfigResult<TopicFilter> filter = TopicFilter::compile(c.text);
    ASSERT_FALSE(filter) << c.text;
    EXPECT_EQ(filter.error().text, c.error);
  }
}

TEST(TopicFilter, GivesUpOnHostilePatterns) {
  // Not one expression: g++ 12 sees a bounds error in an optimised `std::string(...) + "c"`.
  std::string name(200, 'a');
  name.push_back('c');
  EXPECT_EQ(filter_of("(a+)+[bd]").match(name), TopicMatch::kTooHard);
}

TEST(TopicFilter, DefaultAndMalformedNamesMatchNothing) {
  EXPECT_EQ(TopicFilter().match("a"), TopicMatch::kNo);
  EXPECT_EQ(filter_of(".*").match("\xff\xfe"), TopicMatch::kNo);
}

}  // namespace
}  // namespace kmirror::mirror
