import Foundation

/// The broker's wall clock, by libfaketime. Monotonic clocks go on as they are.
struct Clock {
    static let library: String? = [
        "/usr/lib/x86_64-linux-gnu/faketime/libfaketime.so.1",
        "/usr/lib/aarch64-linux-gnu/faketime/libfaketime.so.1",
    ].first { (path: String) in access(path, R_OK) == 0 }

    private let file: String

    init(in folder: String) throws {
        file = "\(folder)/clock"
        try set("+0")
    }

    /// In libfaketime's words.
    func set(_ words: String) throws {
        try Data((words + "\n").utf8).write(to: URL(fileURLWithPath: file), options: .atomic)
    }

    /// What stands before a program that is to see this clock.
    ///
    /// The shared memory that is named is not there and not missed. Without the name, libfaketime 0.9.10 adds one to
    /// the environment, which moves, and Swift then looks for the arguments where it was.
    var environment: [String] {
        guard let library = Self.library else { return [] }
        return [
            "env", "LD_PRELOAD=\(library)", "FAKETIME_TIMESTAMP_FILE=\(file)", "FAKETIME_NO_CACHE=1",
            "FAKETIME_DONT_FAKE_MONOTONIC=1", "FAKETIME_DONT_RESET=1", "FAKETIME_SHARED=none none",
        ]
    }
}
