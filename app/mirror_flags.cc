#include "app/mirror_flags.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <optional>
#include <utility>

#include "app/subcommands.h"
#include "mirror/config/nearest_name.h"
#include "mirror/config/value_rule.h"

namespace kmirror::app {
namespace {

// What CLI11 fills. Numbers stay text until their rule has spoken, so that errors read alike.
struct RawFlags {
  std::string consumer_config, producer_config, include, whitelist;
  std::string num_streams = "1", offset_commit_interval_ms = "60000";
  std::string abort_on_send_failure = "true";
  std::vector<std::string> settings;
  bool until_end = false;
};

// A flag of MirrorMaker's that cannot be honoured.
struct RefusedFlag {
  std::string_view name, instead;
};

constexpr RefusedFlag kRefused[] = {
    {"--consumer.rebalance.listener",
     "Java classes cannot be loaded here; drop the flag, since partitions are assigned statically "
     "and nothing is rebalanced"},
    {"--rebalance.listener.args", "drop it together with --consumer.rebalance.listener"},
    {"--message.handler",
     "Java classes cannot be loaded here; drop the flag if records are to stay as they are, and "
     "use "
     "--set topic.prefix=P to rename topics"},
    {"--message.handler.args", "drop it together with --message.handler"},
};

// Flags of old releases that ask for what happens anyway.
struct IdleFlag {
  std::string_view name;
  bool takes_value;
  std::string_view because;  // empty: nothing worth saying
};

constexpr IdleFlag kIdle[] = {
    {"--new.consumer", false, ""},
    {"--new.producer", false, ""},
    {"--num.producers", true, "use --set threads=N for more cores"},
    {"--queue.size", true, "use --set memory=64m for more data in flight"},
};

std::string footer() {
  std::string text = "Subcommands, each with a --help of its own:\n";
  for (const Subcommand& subcommand : kSubcommands) {
    text += fmt::format("  {:<10}{}\n", subcommand.name, subcommand.summary);
  }
  return text;
}

void add_flags(CLI::App& app, RawFlags& raw) {
  app.footer(footer());
  app.add_option("--consumer.config", raw.consumer_config, "properties file of the source")
      ->type_name("FILE");
  app.add_option("--producer.config", raw.producer_config, "properties file of the destination")
      ->type_name("FILE");
  app.add_option("--include", raw.include,
                 "regex that the whole name of a topic must match; commas are alternatives")
      ->type_name("REGEX");
  app.add_option("--whitelist", raw.whitelist, "older name of --include")->type_name("REGEX");
  app.add_option("--num.streams", raw.num_streams, "streams, each with a client id of its own [1]")
      ->type_name("N");
  app.add_option("--offset.commit.interval.ms", raw.offset_commit_interval_ms,
                 "how often progress is committed [60000]")
      ->type_name("MS");
  app.add_option("--abort.on.send.failure", raw.abort_on_send_failure,
                 "a record that is refused stops its partition in any case [true]")
      ->type_name("true|false");
  app.add_flag("--until-end", raw.until_end,
               "copy up to the ends the source has at start, then stop");
  app.add_option("--set", raw.settings,
                 "one of partitioning, destination.partitions, destination.replication.factor, "
                 "topic.prefix, threads, memory, batch.memory, coalesce; may be repeated")
      ->type_name("KEY=VALUE")
      ->allow_extra_args(false);
}

// MirrorMaker's flags that are gone or were never for us: accepted by the parser, then judged.
void add_old_flags(CLI::App& app) {
  constexpr const char* kHidden = "";
  app.add_option("--blacklist")->type_name("REGEX")->expected(1)->group(kHidden);
  for (const RefusedFlag& flag : kRefused) {
    app.add_option(std::string(flag.name))->expected(1)->group(kHidden);
  }
  for (const IdleFlag& flag : kIdle) {
    std::string name(flag.name);
    if (flag.takes_value) {
      app.add_option(name)->expected(1)->group(kHidden);
    } else {
      app.add_flag(name)->group(kHidden);
    }
  }
}

std::optional<std::string> refusal(const CLI::App& app) {
  if (const CLI::Option* blacklist = app.get_option("--blacklist"); blacklist->count() > 0) {
    return fmt::format(
        "--blacklist is not taken, as in Kafka since 2.0: use --include '(?!(?:{})$).*' instead.",
        blacklist->results().front());
  }
  for (const RefusedFlag& flag : kRefused) {
    if (app.count(std::string(flag.name)) == 0) continue;
    return fmt::format("{} is not taken: {}.", flag.name, flag.instead);
  }
  return std::nullopt;
}

std::optional<std::string> wrong_flag(std::string_view name, std::string_view value,
                                      const mirror::ValueRule& rule) {
  std::optional<std::string> complaint = rule.complaint(value);
  if (!complaint) return std::nullopt;
  return fmt::format("{}={} is wrong: it {}.", name, value, *complaint);
}

std::string unknown_argument(const CLI::App& app, std::string_view argument) {
  std::vector<std::string> flags;
  for (const CLI::Option* option : app.get_options()) flags.push_back(option->get_name());
  std::vector<std::string_view> names(flags.begin(), flags.end());
  for (const Subcommand& subcommand : kSubcommands) names.push_back(subcommand.name);
  std::string_view name = argument.substr(0, argument.find('='));
  std::string_view nearest = mirror::nearest_name(name, names);
  std::string said = fmt::format("{} is not a flag or subcommand that is known here", argument);
  return nearest.empty() ? said + '.' : fmt::format("{}; the nearest one is {}.", said, nearest);
}

// Nothing when all is well; else the sentence to say.
std::optional<std::string> judge(const CLI::App& app, const RawFlags& raw) {
  if (auto said = refusal(app)) return said;
  for (const std::string& argument : app.remaining()) {
    return unknown_argument(app, argument);
  }
  if (raw.consumer_config.empty()) {
    return "--consumer.config is missing: it names the properties file of the source.";
  }
  if (raw.producer_config.empty()) {
    return "--producer.config is missing: it names the properties file of the destination.";
  }
  if (raw.include.empty() && raw.whitelist.empty()) {
    return "--include is missing: it takes a regex of the topics to mirror.";
  }
  constexpr mirror::ValueRule kPositive = mirror::number(1);
  constexpr mirror::ValueRule kStreams = mirror::number(1, 10'000);
  if (auto said = wrong_flag("--num.streams", raw.num_streams, kStreams)) return said;
  if (auto said =
          wrong_flag("--offset.commit.interval.ms", raw.offset_commit_interval_ms, kPositive)) {
    return said;
  }
  return wrong_flag("--abort.on.send.failure", raw.abort_on_send_failure, mirror::boolean());
}

MirrorFlags accepted(const CLI::App& app, RawFlags raw) {
  MirrorFlags flags;
  mirror::MirrorInputs& inputs = flags.inputs;
  inputs.consumer_config = std::move(raw.consumer_config);
  inputs.producer_config = std::move(raw.producer_config);
  inputs.include = raw.include.empty() ? std::move(raw.whitelist) : std::move(raw.include);
  inputs.num_streams = static_cast<int>(mirror::parse_long(raw.num_streams).value_or(1));
  inputs.offset_commit_interval_ms =
      static_cast<std::int32_t>(mirror::parse_long(raw.offset_commit_interval_ms).value_or(60'000));
  if (!mirror::names_contain("true", raw.abort_on_send_failure)) {
    flags.warnings.push_back(
        "--abort.on.send.failure=false is not followed: a record that the destination refuses is "
        "never skipped; its partition stops and the others go on.");
  }
  inputs.until_end = raw.until_end;
  inputs.settings = std::move(raw.settings);
  for (const IdleFlag& flag : kIdle) {
    if (flag.because.empty() || app.count(std::string(flag.name)) == 0) continue;
    flags.warnings.push_back(fmt::format("{} has no effect: {}.", flag.name, flag.because));
  }
  return flags;
}

FlagsAnswer wrong(std::string_view sentence) {
  return {fmt::format("{}\nkmirror --help lists the flags.\n", sentence), true};
}

// CLI11 says "--flag: At Most 1 required but received 2" or "--flag: 1 required FILE missing".
std::string mismatch(const CLI::ArgumentMismatch& error) {
  std::string_view said = error.what();
  std::string_view flag = said.substr(0, said.find(':'));
  bool is_missing = said.ends_with("missing");
  return fmt::format("{} {}.", flag, is_missing ? "takes a value" : "is given more than once");
}

}  // namespace

std::variant<MirrorFlags, FlagsAnswer> parse_mirror_flags(std::vector<std::string> arguments,
                                                          std::string_view version) {
  CLI::App app("Mirrors topics from one Apache Kafka cluster to another.", "kmirror");
  app.set_version_flag("--version", fmt::format("kmirror {}", version), "show the version");
  app.set_help_flag("--help,-h", "show this help");
  app.allow_extras();
  RawFlags raw;
  add_flags(app, raw);
  add_old_flags(app);
  std::ranges::reverse(arguments);  // CLI11 takes the last one first
  try {
    app.parse(std::move(arguments));
  } catch (const CLI::CallForHelp&) {
    return FlagsAnswer{app.help(), false};
  } catch (const CLI::CallForVersion& asked) {
    return FlagsAnswer{fmt::format("{}\n", asked.what()), false};
  } catch (const CLI::ArgumentMismatch& error) {
    return wrong(mismatch(error));
  } catch (const CLI::ParseError& error) {
    return wrong(error.what());
  }
  if (std::optional<std::string> said = judge(app, raw)) return wrong(*said);
  return accepted(app, std::move(raw));
}

}  // namespace kmirror::app
