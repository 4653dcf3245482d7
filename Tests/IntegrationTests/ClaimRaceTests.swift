import Client
import Foundation
import Keys
import Rig
import Synchronization
import Testing
import Tickets
import ZeroMQ

@Suite(.serialized, .timeLimit(.minutes(3)))
struct ClaimRaceTests {
    /// Two people, a thread each, race for the same thousand tickets over real sockets.
    @Test func `two people claim each of 1,000 tickets at once: one has it, the other is told who`() throws {
        try withDesk { running in
            try running.broker()
            let client = try running.desk.keys.load("client")
            let agent = try running.desk.keys.load("agent")
            let channel = try Connection(endpoint: running.desk.brokerEndpoint, key: client)
            let requests = (0..<1_000).map { index in
                Command(
                    id: .random(),
                    action: .submit(
                        Submission(channel: "web", customer: "c", subject: "s", body: "request \(index)")))
            }
            for result in try channel.perform(requests) { _ = try result.get() }
            channel.close()
            let results = Mutex<[String: [Result<Answer, Refusal>]]>([:])
            let endpoint = running.desk.brokerEndpoint
            let threads = try ["olga", "pavel"].map { name in
                try DedicatedThread(named: "race") {
                    do {
                        let person = try Connection(endpoint: endpoint, key: agent, agent: Name(name))
                        let claims = (1...1_000).map {
                            Command(
                                id: .random(), action: .claim(TicketNumber($0), leaseMilliseconds: 600_000))
                        }
                        let outcome = try person.perform(claims, window: 16)
                        results.withLock { $0[name] = outcome }
                        person.close()
                    } catch {
                        Issue.record("\(name): \(error)")
                    }
                }
            }
            for thread in threads { thread.join() }
            let both = results.withLock { $0 }
            let olga = try #require(both["olga"])
            let pavel = try #require(both["pavel"])
            for index in 0..<1_000 { expectOneWinner(olga[index], "olga", pavel[index], "pavel") }
            try running.expectClean()
        }
    }

    private func expectOneWinner(
        _ a: Result<Answer, Refusal>, _ aName: String, _ b: Result<Answer, Refusal>, _ bName: String
    ) {
        switch (a, b) {
        case (.success, .failure(let refusal)): expectTold(refusal, aName)
        case (.failure(let refusal), .success): expectTold(refusal, bName)
        case (.success, .success): Issue.record("both have it")
        case (.failure(let one), .failure(let other)): Issue.record("nobody has it: \(one); \(other)")
        }
    }

    private func expectTold(_ refusal: Refusal, _ winner: String) {
        #expect(refusal.code == .heldByAnother)
        #expect(refusal.holder?.agent?.text == winner)
        #expect(refusal.reason.contains(winner))
    }

    @Test func `a node that was stopped past its lease is refused, and says so`() throws {
        try withDesk { running in
            try running.broker()
            let slow = ["--handler", "simulated", "--service-ms", "1500", "--escalation-share", "0"]
            let frozen = try running.node("frozen", line: "line-one", seats: 1, slow)
            _ = try running.submitOne()
            try running.wait("claimed") { try running.totals()["claimed"] as? Int == 1 }
            frozen.signal(SIGSTOP)
            // The lease is two seconds; the next node takes the ticket over after it.
            try running.node(
                "fresh", line: "line-one", seats: 1, ["--handler", "simulated", "--service-ms", "1"])
            try running.wait("solved by the other node") { try running.totals()["solved"] as? Int == 1 }
            frozen.signal(SIGCONT)
            try running.wait("the frozen node says that it lost its lease") {
                try running.desk.log(of: "frozen").contains("lease lost")
            }
            #expect(try running.totals()["replies"] as? Int == 1)
            try running.expectClean()
        }
    }
}
