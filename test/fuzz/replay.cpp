// In place of libFuzzer, which g++ lacks: gives a target every file of the directories that are
// named, and says which, so that a crash has a name.

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

int main(int argc, char** argv) {
    std::vector<std::filesystem::path> files;
    for (int i = 1; i < argc; ++i) {
        if (std::filesystem::is_directory(argv[i]))
            files.insert(files.end(), std::filesystem::directory_iterator{argv[i]}, {});
        else
            files.emplace_back(argv[i]);
    }
    std::ranges::sort(files);
    for (const auto& path : files) {
        std::ifstream file{path, std::ios::binary};
        if (!file) {
            std::fprintf(stderr, "%s can't be read\n", path.c_str());
            return 1;
        }
        const std::vector<char> bytes{std::istreambuf_iterator{file}, {}};
        std::fprintf(stderr, "%s\n", path.c_str());
        // What is read beyond the input should be seen, which in a larger vector it isn't.
        const std::vector<std::uint8_t> input(bytes.begin(), bytes.end());
        LLVMFuzzerTestOneInput(input.data(), input.size());
    }
    std::fprintf(stderr, "%zu inputs\n", files.size());
    return files.empty() ? 1 : 0;
}
