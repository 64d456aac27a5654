// The flags of a subcommand: as much of CLI11 as the subcommands use. Its templates would cost each
// of them five seconds to build. Pure, but for the texts that parse() prints.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace CLI {
class App;
class Option;
}  // namespace CLI

namespace kmirror::app {

inline constexpr int kExitOk = 0;
inline constexpr int kExitError = 1;  // as the exit codes of Kafka's console tools

// Either everything is well, or the command ends with this code, the reason having been printed.
using Exit = std::optional<int>;

// One of them, for what else there is to say of it.
class Flag {
 public:
  explicit Flag(CLI::Option* option) : option_(option) {}

  Flag& type_name(const std::string& name);
  Flag& shows_default();
  Flag& required();
  Flag& value_is_optional();
  Flag& one_value_each();     // of a flag that may be repeated
  Flag& at_least(int least);  // 0 or 1
  Flag& within(int least, int most);
  Flag& one_of(std::vector<std::string> values);
  Flag& needs(Flag other);
  Flag& excludes(Flag other);

 private:
  CLI::Option* option_;
};

// Variables outlive the parsing.
class Flags {
 public:
  Flags(const std::string& description, const std::string& command);

  // For std::string, numbers and, if it may be repeated, std::vector<std::string>. Names stand
  // with their dashes, separated by commas; without dashes it is what remains besides flags.
  template <class Value>
  Flag add(const std::string& names, Value& value, const std::string& help);
  Flag add_switch(const std::string& names, bool& value, const std::string& help);

  // Exactly one of the flags of a group has to be given.
  Flags add_choice(const std::string& group);

  void footer(const std::string& text);

  // argv[0] is the command's name.
  Exit parse(int argc, char** argv);

 private:
  explicit Flags(std::shared_ptr<CLI::App> app) : app_(std::move(app)) {}

  std::shared_ptr<CLI::App> app_;
};

}  // namespace kmirror::app
