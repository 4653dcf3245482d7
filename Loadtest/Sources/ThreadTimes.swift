import Foundation

/// How long each thread of a process has run on a processor, by the kernel's count: the same figure however busy
/// the machine is with other things, which the rate is not.
struct ThreadTimes {
    /// Nanoseconds by name of thread; threads of one name are added up.
    private(set) var nanoseconds: [String: Int64] = [:]

    init() {}

    /// - Throws: When the process is gone.
    init(pid: Int32) throws {
        let folder = "/proc/\(pid)/task"
        for thread in try FileManager.default.contentsOfDirectory(atPath: folder) {
            // One that ends while we look has nothing more to say.
            guard let name = Self.text(of: "\(folder)/\(thread)/comm"),
                let times = Self.text(of: "\(folder)/\(thread)/schedstat"),
                let running = times.split(separator: " ").first.flatMap({ Int64($0) })
            else { continue }
            nanoseconds[name, default: 0] += running
        }
    }

    func since(_ earlier: ThreadTimes) -> ThreadTimes {
        var difference = self
        for (name, time) in earlier.nanoseconds { difference.nanoseconds[name, default: 0] -= time }
        return difference
    }

    /// Microseconds for each of `count` things, by name, the largest first; what is below a hundredth is left out.
    func microseconds(each count: Int) -> [(name: String, microseconds: Double)] {
        nanoseconds.map { ($0.key, Double($0.value) / 1_000 / Double(max(1, count))) }
            .filter { $0.1 >= 0.01 }
            .sorted { ($1.1, $0.0) < ($0.1, $1.0) }
    }

    private static func text(of path: String) -> String? {
        FileManager.default.contents(atPath: path).map {
            String(decoding: $0, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
        }
    }
}
