#include <algorithm>
#include <array>
#include <chrono>
#include <expected>
#include <format>
#include <functional>
#include <list>
#include <memory>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "wlr/wlr.hpp"
