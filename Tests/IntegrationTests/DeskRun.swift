import Foundation
import Rig
import Testing

/// Gives a test a desk of real processes, and ends what the test leaves running.
func withDesk(_ body: (RunningDesk) throws -> Void) throws {
    let running = RunningDesk(try TestDesk())
    defer { running.end() }
    try body(running)
}

/// A desk under test and its processes.
final class RunningDesk {
    let desk: TestDesk
    private(set) var processes: [ChildProcess] = []

    init(_ desk: TestDesk) {
        self.desk = desk
    }

    @discardableResult
    func broker() throws -> ChildProcess { try keep(desk.startBroker()) }

    @discardableResult
    func coordinator() throws -> ChildProcess {
        let coordinator = try keep(desk.startCoordinator())
        _ = try coordinator.waitUntilReady()
        return coordinator
    }

    @discardableResult
    func node(_ name: String, line: String, seats: Int = 4, _ handler: [String]) throws -> ChildProcess {
        let node = try keep(desk.startNode(name, line: line, seats: seats, handler))
        _ = try node.waitUntilReady()
        return node
    }

    func run(_ arguments: String..., input: String? = nil) throws -> Outcome {
        try desk.run(arguments, input: input.map { Data($0.utf8) })
    }

    /// Submits one ticket over the channel `web`.
    @discardableResult
    func submitOne(_ body: String = "b") throws -> Outcome {
        try run("submit", "--channel", "web", "--customer", "c", "--subject", "s", "--body", body)
    }

    func totals() throws -> [String: Any] {
        let outcome = try desk.run(["stats", "--json"])
        return try outcome.json()["totals"] as? [String: Any] ?? [:]
    }

    /// Asks until something is so; half a minute at most.
    func wait(_ what: String, until condition: () throws -> Bool) throws {
        let deadline = Date().addingTimeInterval(30)
        while try !condition() {
            guard Date() < deadline else { throw RigError("waited half a minute for: \(what)") }
            // Other processes give no signal that a test could wait for; they are asked.
            Thread.sleep(forTimeInterval: 0.1)
        }
    }

    /// Verify must find nothing, having looked at something.
    func expectClean() throws {
        let outcome = try desk.run(["verify", "--json"])
        let report = try outcome.json()
        #expect(outcome.exitCode == 0, "\(outcome.output)")
        #expect(report["ok"] as? Bool == true)
        let invariants = report["invariants"] as? [[String: Any]] ?? []
        #expect(invariants.count >= 15)
        #expect(invariants.contains { ($0["checked"] as? Int ?? 0) > 0 })
    }

    func end() {
        for process in processes { process.kill() }
        desk.deleteFolder()
    }

    private func keep(_ process: ChildProcess) -> ChildProcess {
        processes.append(process)
        return process
    }
}

extension Outcome {
    /// One line that says what to do, the code that scripts rely on, and no trace of a crash.
    func expectError(_ code: Int32, _ words: String..., at location: SourceLocation = #_sourceLocation) {
        #expect(exitCode == code, "\(errors)", sourceLocation: location)
        for word in words {
            #expect(errors.contains(word), "\(errors)", sourceLocation: location)
        }
        #expect(!errors.contains("Fatal error") && !errors.contains("Stack dump"), sourceLocation: location)
    }
}
