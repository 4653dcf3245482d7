import Client
import Foundation

/// What a process takes of the machine, by the kernel's count.
struct ProcessMeter {
    private(set) var pid: Int32?
    private var nanoseconds: Int64 = 0
    private var at = MonotonicTime.microseconds

    init(pid: Int32?) {
        self.pid = pid
        nanoseconds = total() ?? 0
    }

    /// Processors' worth of work since the last time, on average; 0 when the process is gone.
    mutating func cores() -> Double {
        let now = MonotonicTime.microseconds
        defer { at = now }
        guard let total = total(), now > at else { return 0 }
        // Threads that have ended take their time out of the sum.
        let difference = max(0, total - nanoseconds)
        nanoseconds = total
        return Double(difference) / 1_000 / Double(now - at)
    }

    /// Resident memory now and at its highest, in MiB.
    func memory() -> (now: Double, highest: Double)? {
        guard let pid, let status = FileManager.default.contents(atPath: "/proc/\(pid)/status") else {
            return nil
        }
        var values: [String: Double] = [:]
        for line in String(decoding: status, as: UTF8.self).split(separator: "\n") {
            let words = line.split(whereSeparator: { " \t:".contains($0) })
            guard words.count >= 2, words[0].hasPrefix("Vm"), let kibibytes = Double(words[1]) else {
                continue
            }
            values[String(words[0])] = kibibytes / 1_024
        }
        guard let now = values["VmRSS"], let highest = values["VmHWM"] else { return nil }
        return (now, highest)
    }

    private func total() -> Int64? {
        guard let pid else { return nil }
        // A process that is gone has no times, which is what nil says.
        return try? ThreadTimes(pid: pid).nanoseconds.values.reduce(0, +)
    }
}
