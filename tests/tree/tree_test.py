"""Holds every file of the tree against rules.py, and shows that each rule can fail.

  python3 tests/tree/tree_test.py
"""

import pathlib
import unittest

import cpp_text
import rules

ROOT = pathlib.Path(__file__).resolve().parents[2]
GENERATED = {"build", "__pycache__"}


def files_below(folder):
    for path in sorted(folder.iterdir()):
        if path.is_dir():
            if path.name not in GENERATED and (path.name[0] != "." or path.name == ".ci"):
                yield from files_below(path)
        elif path.name != ".DS_Store":
            yield path


class Tree(unittest.TestCase):
    def test_every_file_follows_the_rules(self):
        found = []
        count = 0
        for path in files_below(ROOT):
            count += 1
            found += rules.findings(path.relative_to(ROOT).as_posix(), path.read_text("utf-8"))
        self.assertGreater(count, 200, "the tree was not found")
        self.assertEqual(found, [], "\n" + "\n".join(found))

    def test_documents_name_files_that_exist(self):
        found = []
        for path in sorted(ROOT.glob("*.md")):
            found += rules.dead_references(
                path.name, path.read_text("utf-8"), lambda name: (ROOT / name).exists()
            )
        self.assertEqual(found, [], "\n" + "\n".join(found))

    def test_every_folder_with_code_stands_in_the_file_map(self):
        text = (ROOT / "ARCHITECTURE.md").read_text("utf-8")
        folders = {
            path.relative_to(ROOT).parent.as_posix() + "/"
            for path in files_below(ROOT)
            if path.suffix in (".h", ".cc")
        }
        self.assertEqual({name for name in folders if f"`{name}" not in text}, set())

    def test_every_folder_with_code_has_a_layer(self):
        folders = {path.relative_to(ROOT).parts[0] for path in ROOT.glob("*/CMakeLists.txt")}
        self.assertEqual(folders - set(rules.STEP_OF) - {"tests"}, set())


MESSAGE = '// A.\n#pragma once\nvoid describe(auto& a, auto& m) { a.field("%s", m.%s, x); }\n'

# A file's path, its text, and a part of what is to be said about it; "" for nothing.
SNIPPETS = [
    ("base/a.cc", "int a;\n", ""),
    ("base/a.cc", "int a;", "does not end"),
    ("base/a.cc", "int a; \n", "space at the end"),
    ("base/a.cc", "\tint a;\n", "a tab"),
    ("base/a.cc", f"// {'x' * 98}\n", "columns"),
    ("base/a.cc", f"// {'ä' * 97}\n", ""),
    ("README.md", f"{'x' * 200}\n", ""),
    ("tests/conformance/expected/3.9/a.txt", f"{'x' * 200}\n" * 500, ""),
    ("base/a.cc", "\n" * 400, ""),
    ("base/a.cc", "\n" * 401, "more than 400 lines"),
    ("script/a", "cd /tm" + "p/x\n", "path of one machine"),
    ("script/a", 'cd "/wor' + 'k/main"\n', "path of one machine"),
    ("script/a", "cd build/tm" + "p/wor" + "k/home\n", ""),
    ("base/A.cc", "int a;\n", "snake_case"),
    ("base/a.h", "\n#pragma once\n", "opens with a comment"),
    ("base/a.h", "// A thing.\nint a;\n", "pragma once"),
    ("base/a.h", "// A thing.\n#pragma once\n", ""),
    ("base/pch.h", "// Things.\n#include <vector>\n", ""),
    ("base/a.cc", '#include "bytes.h"\n', "begin with a layer"),
    ("base/a.cc", '#include "net/runtime.h"\n', "base may not include net"),
    ("proxy/a.cc", '#include "mirror/mirror.h"\n', "proxy may not include mirror"),
    ("mirror/a.cc", '#include "app/log.h"\n', "mirror may not include app"),
    ("mirror/a.cc", '#include "net/runtime.h"\n', ""),
    ("mirror/a.cc", '#include "net/asio/asio_runtime.h"\n', "include net/runtime.h"),
    ("app/a.cc", '#include "net/asio/asio_runtime.h"\n', ""),
    ("bench/a.cc", '#include "net/asio/asio_runtime.h"\n', ""),
    ("mirror/core/a.cc", '#include "net/runtime.h"\n', "sans-IO"),
    ("mirror/core/a.cc", '#include "net/core/slab.h"\n', ""),
    ("mirror/core/a.cc", "#include <boost/asio/post.hpp>\n", "loops await"),
    ("mirror/a.cc", "std::mutex lock;\n", "post to the shard's executor"),
    ("mirror/a.cc", "std::thread t;\n", "post to the shard's executor"),
    ("mirror/a_test.cc", "std::thread t;\n", ""),
    ("mirror/a.cc", "auto t = std::chrono::steady_clock::now();\n", "Runtime::now()"),
    ("mirror/a_test.cc", "auto t = std::chrono::steady_clock::now();\n", "Runtime::now()"),
    ("mirror/a.cc", "asio::steady_timer t;\n", "Runtime::make_timer()"),
    ("mirror/a.cc", "asio::io_context c;\n", "Runtime::executor()"),
    ("tests/x/a.cc", "std::this_thread::sleep_for(s);\n", "a condition to wait for"),
    ("mirror/a.cc", "std::random_device d;\n", "base/random.h"),
    ("net/asio/a.cc", "std::random_device d;\n", ""),
    ("net/asio/a.cc", 'auto h = getenv("HOME");\n', "which app/ fills"),
    ("net/a.cc", "std::cerr << 1;\n", "Runtime::log()"),
    ("net/a.cc", "thread_local int a;\n", "that a shard owns"),
    ("net/a.cc", "void f() { std::exit(1); }\n", "travels up to app"),
    ("net/core/a.h", "// A.\n#pragma once\nstd::unordered_map<int, int> m;\n", "sorted vector"),
    ("net/a.cc", "std::unordered_map<int, int> m;\n", ""),
    ("net/a.cc", '// std::mutex\nauto s = "std::mutex"; auto q = \'"\'; /* rand( */\n', ""),
    ("net/a.cc", "int f() {\n" + "\n" * 68 + "}\n", ""),
    ("net/a.cc", "int f() {\n" + "\n" * 69 + "}\n", "71 lines in one function"),
    ("net/a.cc", "struct A {\n  int f() const {\n" + "\n" * 69 + "  }\n};\n", "in one function"),
    ("net/a.cc", "struct A {\n" + "  int f() {\n  }\n" * 50 + "};\n", ""),
    ("net/a.cc", "A::A() : a_{1} {\n  if (a) {\n" + "\n" * 70 + "  }\n}\n", "in one function"),
    ("net/a.cc", "template <class T>\nT f() {\n" + "\n" * 70 + "}\n", "in one function"),
    ("net/a.cc", "constexpr Key kKeys[] = {\n" + "    {1},\n" * 90 + "};\n", ""),
    ("tests/x/A.java", "class A {\n  void f() {\n" + "\n" * 70 + "  }\n}\n", "in one function"),
    ("net/a.cc", "try { f(); } catch (const E&) { co_await g(); }\n", "inside a catch"),
    ("net/a.cc", "try { f(); } catch (const E&) { g(); }\n", ""),
    ("net/a.cc", "auto f = [this]() -> A<void> { co_await g(); };\n", "lambda with captures"),
    ("net/a.cc", "auto f = [&x] { co_return; };\n", "lambda with captures"),
    ("net/a.cc", "auto f = [=]<class T>(T x) { co_return; };\n", "lambda with captures"),
    ("net/a.cc", "spawn([](int x) -> A<int> { co_return x; }(1));\n", ""),
    ("net/a.cc", "auto f = [&] { g(); };\n", ""),
    ("net/a.cc", "auto f = [&] { g([](int x) -> A<int> { co_return x; }); };\n", ""),
    ("net/a.cc", "int f() { return x[i] + [this] { co_return 1; }(); }\n", "with captures"),
    ("net/a.cc", "void f() { g(co_await h()); }\n", "within an expression"),
    ("net/a.cc", "void f() { co_return co_await h(); }\n", "within an expression"),
    ("net/a.cc", "void f() { if (auto x = co_await h()) g(); }\n", "within an expression"),
    ("net/a.cc", "void f() { if (x == co_await h()) g(); }\n", "within an expression"),
    ("net/a.cc", "void f() { const auto x = co_await h(); }\n", ""),
    ("net/a.cc", "void f() { if (x) co_await h(); else co_await g(); }\n", ""),
    ("protocol/messages/a.h", MESSAGE % ("leaderId", "leader_id"), ""),
    ("protocol/messages/a.h", MESSAGE % ("leaderId", "leader_epoch"), '"leaderId" is not'),
    ("protocol/messages/a.h", MESSAGE % ("leaderId", "leaderId"), '"leaderId" is not'),
    ("protocol/wire/a_test.cc", 'a.field(\n    "key",\n    m.value);\n', '"key" is not m.value'),
    ("protocol/wire/a_test.cc", "a.field(kKey, m.key);\n", "not of the form"),
    ("protocol/dump/a.cc", 'a.field("key", m.value);\n', ""),
]


class Rules(unittest.TestCase):
    def test_each_rule_can_fail_and_fails_only_then(self):
        for path, text, said in SNIPPETS:
            with self.subTest(path=path, text=text[:80], said=said):
                found = rules.findings(path, text)
                self.assertEqual(len(found), 1 if said else 0, found)
                self.assertIn(said, "".join(found))

    def test_each_ban_names_its_line(self):
        self.assertEqual(
            rules.findings("net/a.cc", "int a;\n\nstd::mutex b;\n")[0].split(": ")[0],
            "net/a.cc:3",
        )

    def test_documents_are_held_against_the_tree(self):
        text = "See `base/bytes.h`, [this](base/none.h) and `mirror/none.cc`, not `build/x`.\n"
        found = rules.dead_references("A.md", text, lambda name: name == "base/bytes.h")
        self.assertEqual(len(found), 2)

    def test_literals_keep_their_places(self):
        text = 'a("\\"{", \'{\', 1\'000, R"x({)" {)x"); // {\nb'
        code = cpp_text.code_of(text)
        self.assertEqual(len(code), len(text))
        self.assertNotIn("{", code)
        self.assertIn("1'000", code)
        self.assertTrue(code.endswith("\nb"))


if __name__ == "__main__":
    unittest.main()
