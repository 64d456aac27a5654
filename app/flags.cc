#include "app/flags.h"

#include <CLI/CLI.hpp>
#include <cstdint>
#include <utility>

namespace kmirror::app {

Flag& Flag::type_name(const std::string& name) {
  option_->type_name(name);
  return *this;
}

Flag& Flag::shows_default() {
  option_->capture_default_str();
  return *this;
}

Flag& Flag::required() {
  option_->required();
  return *this;
}

Flag& Flag::value_is_optional() {
  option_->expected(0, 1);
  return *this;
}

Flag& Flag::one_value_each() {
  option_->allow_extra_args(false);
  return *this;
}

Flag& Flag::at_least(int least) {
  option_->check(least == 0 ? CLI::NonNegativeNumber : CLI::PositiveNumber);
  return *this;
}

Flag& Flag::within(int least, int most) {
  option_->check(CLI::Range(least, most));
  return *this;
}

Flag& Flag::one_of(std::vector<std::string> values) {
  option_->check(CLI::IsMember(std::move(values)));
  return *this;
}

Flag& Flag::needs(Flag other) {
  option_->needs(other.option_);
  return *this;
}

Flag& Flag::excludes(Flag other) {
  option_->excludes(other.option_);
  return *this;
}

Flags::Flags(const std::string& description, const std::string& command)
    : app_(std::make_shared<CLI::App>(description, command)) {}

template <class Value>
Flag Flags::add(const std::string& names, Value& value, const std::string& help) {
  return Flag(app_->add_option(names, value, help));
}

template Flag Flags::add(const std::string&, std::string&, const std::string&);
template Flag Flags::add(const std::string&, std::vector<std::string>&, const std::string&);
template Flag Flags::add(const std::string&, std::int16_t&, const std::string&);
template Flag Flags::add(const std::string&, std::int32_t&, const std::string&);
template Flag Flags::add(const std::string&, std::int64_t&, const std::string&);
template Flag Flags::add(const std::string&, std::size_t&, const std::string&);

Flag Flags::add_switch(const std::string& names, bool& value, const std::string& help) {
  return Flag(app_->add_flag(names, value, help));
}

Flags Flags::add_choice(const std::string& group) {
  CLI::App* flags = app_->add_option_group(group);
  flags->require_option(1);
  return Flags(std::shared_ptr<CLI::App>(app_, flags));
}

void Flags::footer(const std::string& text) {
  app_->footer(text);
}

Exit Flags::parse(int argc, char** argv) {
  try {
    app_->parse(argc, argv);
    return std::nullopt;
  } catch (const CLI::ParseError& error) {
    return app_->exit(error) == 0 ? kExitOk : kExitError;
  }
}

}  // namespace kmirror::app
