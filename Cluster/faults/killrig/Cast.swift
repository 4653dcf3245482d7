import Foundation
import Rig

/// The processes of the desk under test, by name.
struct Cast {
    enum Role: Equatable {
        case broker
        case coordinator
        case node(line: String)
    }

    struct Member {
        var name: String
        var role: Role
        var process: ChildProcess?
    }

    private let desk: TestDesk
    private(set) var members: [Member]

    init(desk: TestDesk) {
        self.desk = desk
        members = [Member(name: "broker", role: .broker), Member(name: "coordinator", role: .coordinator)]
        for number in 1...3 { members.append(Member(name: "one-\(number)", role: .node(line: "line-one"))) }
        for number in 1...2 { members.append(Member(name: "two-\(number)", role: .node(line: "line-two"))) }
    }

    mutating func startAll() throws {
        for index in members.indices { try start(index) }
    }

    mutating func start(_ index: Int) throws {
        members[index].process =
            switch members[index].role {
            case .broker: try desk.startBroker()
            case .coordinator: try desk.startCoordinator()
            case .node(let line):
                try desk.startNode(
                    members[index].name, line: line, seats: 8,
                    [
                        "--handler", "simulated", "--service-ms", "20", "--escalation-share", "0.3",
                        "--pending-share",
                        "0.02", "--failure-share", "0.01",
                    ])
            }
    }

    func kill(_ index: Int) {
        members[index].process?.kill()
    }

    func signal(_ index: Int, _ number: Int32) {
        members[index].process?.signal(number)
    }

    /// Waits until no ticket waits or is held.
    ///
    /// - Throws: When that takes more than three minutes.
    func waitUntilQuiet(_ desk: TestDesk, tickets: Int) throws {
        let deadline = Date().addingTimeInterval(180)
        var last = ""
        while Date() < deadline {
            let outcome = try desk.run(["stats", "--json"])
            if outcome.exitCode == 0 {
                let totals = try outcome.json()["totals"] as? [String: Any] ?? [:]
                let waiting = totals["waiting"] as? Int ?? -1
                let claimed = totals["claimed"] as? Int ?? -1
                last = "\(totals["submitted"] ?? "?") submitted, \(waiting) wait, \(claimed) are held"
                if totals["submitted"] as? Int ?? 0 >= tickets, waiting == 0, claimed == 0 { return }
            } else {
                last = outcome.errors
            }
            // The desk has no signal for "nothing left to do"; it is asked.
            Thread.sleep(forTimeInterval: 0.5)
        }
        throw RigError("the desk did not finish its work within three minutes: \(last)")
    }

    /// Ends all in good order: nodes, then the coordinator, then the broker.
    func stopAll() throws {
        for member in members.reversed() {
            guard let process = member.process else { continue }
            let code = process.terminate()
            guard code == 0 else {
                throw RigError("\(member.name) ended with exit code \(code) when asked to")
            }
        }
    }

    func killAll() {
        for member in members { member.process?.kill() }
    }
}
