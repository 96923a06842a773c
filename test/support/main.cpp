#include <algorithm>
#include <catch2/catch_session.hpp>
#include <catch2/catch_test_case_info.hpp>
#include <catch2/reporters/catch_reporter_event_listener.hpp>
#include <catch2/reporters/catch_reporter_registrars.hpp>
#include <csignal>
#include <cstdlib>
#include <fstream>
#include <map>
#include <sstream>
#include <string>

#include "support/tried.hpp"
#include "support/watchdog.hpp"

namespace {

/// What the test case has tried.
std::map<std::string, std::uint64_t> tried_in_case;

/// Appends a line a test case to the file that TARMAC_TALLY names, so that several binaries can be
/// counted together, and has each case watched.
class Tally : public Catch::EventListenerBase {
public:
    using EventListenerBase::EventListenerBase;

    void testCaseStarting(const Catch::TestCaseInfo& info) override {
        test::watch(info.name.c_str());
        reason_.clear();
        tried_in_case.clear();
    }

    void sectionStarting(const Catch::SectionInfo& info) override { section_ = info.name; }

    void assertionEnded(const Catch::AssertionStats& stats) override {
        const auto& result = stats.assertionResult;
        if (result.getResultType() == Catch::ResultWas::ExplicitSkip)
            reason_ = std::string{result.getMessage()};
        else if (!result.isOk() && reason_.empty())
            reason_ = failure(stats);
    }

    void testCaseEnded(const Catch::TestCaseStats& stats) override {
        write_tried(stats);
        const char* path = std::getenv("TARMAC_TALLY");
        if (!path)
            return;
        const auto& counts = stats.totals.testCases;
        const char* result = counts.failed > 0 ? "fail" : counts.skipped > 0 ? "skip" : "pass";
        std::ofstream tally{path, std::ios::app};
        tally << result << ' ' << stats.testInfo->name;
        if (counts.failed + counts.skipped > 0)
            tally << ": " << reason_;
        tally << std::endl;
    }

private:
    static void write_tried(const Catch::TestCaseStats& stats) {
        const auto& counts = stats.totals.testCases;
        const char* path = std::getenv("TARMAC_TRIED");
        if (!path || counts.skipped > 0)
            return;
        std::ofstream file{path, std::ios::app};
        for (const auto& [what, n] : tried_in_case)
            file << stats.testInfo->name << '\t' << n << '\t' << what << '\t'
                 << (counts.failed > 0 ? "failed" : "passed") << std::endl;
    }

    /// In a line, since of a long log often nothing else is left.
    std::string failure(const Catch::AssertionStats& stats) const {
        const auto& result = stats.assertionResult;
        std::ostringstream text;
        text << result.getSourceInfo() << ": " << result.getExpressionInMacro();
        if (result.hasExpandedExpression())
            text << ", which is " << result.getExpandedExpression();
        if (result.hasMessage())
            text << ": " << result.getMessage();
        for (const Catch::MessageInfo& info : stats.infoMessages)
            text << "; " << info.message;
        text << " (" << section_ << ")";
        std::string line = text.str();
        std::ranges::replace(line, '\n', ' ');
        return line;
    }

    std::string reason_, section_;
};
CATCH_REGISTER_LISTENER(Tally)

// What Catch2 exits with when every test was skipped, and what Meson takes for a skip.
constexpr int AllSkipped = 4, MesonSkip = 77;

} // namespace

void test::tried(std::uint64_t n, const std::string& what) {
    tried_in_case[what] += n;
}

int main(int argc, char** argv) {
    // A peer that has gone is an error to check, not the end of the tests.
    std::signal(SIGPIPE, SIG_IGN);
    test::start_watchdog();
    const int status = Catch::Session().run(argc, argv);
    test::watch("what happens at exit");
    return status == AllSkipped ? MesonSkip : status;
}
