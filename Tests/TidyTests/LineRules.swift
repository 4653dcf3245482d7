/// Rules about single lines. Each has a planted line that it must fire on.
enum LineRules {
    static let all: [Rule] = [
        Rule(
            name: "print", planted: ("Sources/Broker/A.swift", "print(\"hello\")"),
            applies: { $0.isIn("Sources") && !$0.isIn("Sources/switchboard") },
            judge: {
                $0.has("print(", $1) ? "print in a library; log it, or return it to the command line" : nil
            }),
        reasoned("try?", "drops an error; say above why that is right, or handle it"),
        reasoned("try!", "stops the process on an error; say above why it cannot fail, or handle it"),
        reasoned("@unchecked", "turns a check off; name above what guards the state"),
        reasoned("nonisolated(unsafe)", "turns a check off; name above what guards the state"),
        reasoned("Task {", "nobody waits for it; say above who does, or use a task group"),
        Rule(
            name: "zmq_", planted: ("Sources/Broker/A.swift", "zmq_close(handle)"),
            applies: { $0.isIn("Sources", "Loadtest", "Cluster") && !$0.isIn("Sources/ZeroMQ") },
            judge: { file, line in
                file.code[line].contains("zmq_")
                    ? "libzmq is spoken to in Sources/ZeroMQ only; use its types" : nil
            }),
        Rule(
            name: "GRDB", planted: ("Sources/Storage/A.swift", "import GRDB"),
            applies: { $0.isIn("Sources", "Loadtest", "Cluster") && !$0.isIn("Sources/StorageSQLite") },
            judge: { $0.has("GRDB", $1) ? "GRDB stays in StorageSQLite; speak to the Store protocol" : nil }),
        Rule(
            name: "unfinished", planted: ("Tests/DeskTests/A.swift", "// FIX" + "ME later"),
            applies: { _ in true },
            judge: { file, line in
                let marks = ["FIX" + "ME", "XX" + "X", "TO" + "DO"]
                guard let mark = marks.first(where: { SourceFile.has($0, in: file.lines[line]) }) else {
                    return nil
                }
                return "\(mark): do it, or put it into an issue"
            }),
        Rule(
            name: "sleep", planted: ("Tests/DeskTests/A.swift", "usleep(100)"),
            applies: { $0.isIn("Tests") },
            judge: { file, line in
                let words = ["sleep(", "usleep(", "nanosleep(", "Thread.sleep", "Task.sleep"]
                guard words.contains(where: { file.has($0, line) }), !file.hasReason(line) else { return nil }
                return "a sleep in a test; wait for a signal, or say above why there is none"
            }),
        pure("import Foundation", "Foundation is not needed in the core; bytes and integers do"),
        pure("import Glibc", "the core makes no system calls"),
        pure("Date(", "time is passed in as a Moment"),
        pure("ContinuousClock", "time is passed in as a Moment"),
        pure("SuspendingClock", "time is passed in as a Moment"),
        pure("random", "chance is passed in"),
        pure("shuffled", "chance is passed in"),
        pure("UUID(", "ids are passed in"),
        pure("async", "the core decides at once; waiting is the shell's"),
        pure("await", "the core decides at once; waiting is the shell's"),
        pure("actor", "the core is a value"),
        pure("class", "the core is a value"),
        pure("Task", "the core decides at once; waiting is the shell's"),
        Rule(
            name: "hash order", planted: ("Sources/Desk/A.swift", "for (number, claim) in desk.claims {"),
            applies: { $0.isIn("Sources/Desk") }, judge: hashOrder),
    ]

    private static func reasoned(_ word: String, _ advice: String) -> Rule {
        Rule(
            name: word, planted: ("Sources/Broker/A.swift", "    \(word == "Task {" ? word : word + " x") "),
            applies: { $0.isIn("Sources", "Loadtest", "Cluster") },
            judge: { file, line in
                guard file.has(word, line), !file.hasReason(line) else { return nil }
                return "\(word) \(advice)"
            })
    }

    private static func pure(_ word: String, _ advice: String) -> Rule {
        Rule(
            name: "\(word) in the core", planted: ("Sources/Desk/A.swift", "    \(word) "),
            applies: { $0.isIn("Sources/Tickets", "Sources/Promises", "Sources/Desk") },
            judge: { file, line in file.has(word, line) ? "\(word) in the core: \(advice)" : nil })
    }

    /// Properties of the core that are dictionaries or sets. Their order differs from process to process.
    private static let unordered = [
        "tickets", "claims", "holdings", "sessions", "nodes", "rooms", "reserved", "leaseEnds", "leaseTimers",
        "ready", "answers",
    ]

    /// Looks for walks over the known dictionaries: a loop, or a view of keys or values that is not sorted at once.
    @Sendable private static func hashOrder(_ file: SourceFile, _ line: Int) -> String? {
        let code = file.code[line]
        guard !code.contains(".sorted"), !file.comment(line).contains("order") else { return nil }
        let walks = unordered.contains { name in
            let isLoop =
                ["desk.", "floor.", ""].contains { file.has("in \($0)\(name) {", line) }
                || ["desk.", "floor."].contains { file.has("in \($0)\(name) where", line) }
            let isView = [".keys", ".values"].contains { file.has("\(name)\($0)", line) }
            return isLoop || isView
        }
        guard walks, !isArrayNamedAlike(code) else { return nil }
        return "a walk in hash order; sort it, or say above why the order does not matter"
    }

    /// Loops over arrays that share a name with a dictionary: parameters and parts of events.
    private static func isArrayNamedAlike(_ code: String) -> Bool {
        // `for ticket in tickets {` takes one value; a dictionary gives pairs.
        code.contains("in tickets {") && !code.contains("for (")
            || code.contains("in claims {") && code.contains("(number, claim) in claims {")
    }
}
