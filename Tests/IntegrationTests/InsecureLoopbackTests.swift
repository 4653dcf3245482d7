import Foundation
import Rig
import Testing
import ZeroMQ

/// A broker that was told to do without CURVE, and that nobody gets there by accident.
@Suite(.serialized, .timeLimit(.minutes(3)))
struct InsecureLoopbackTests {
    @Test func `without CURVE on both sides a ticket takes its whole path`() throws {
        try withDesk { running in
            running.desk.isInsecureLoopback = true
            try running.broker()
            let log = try running.desk.log(of: "broker")
            #expect(log.contains("everybody on this machine may do everything"))
            let submit = try running.run(
                "submit", "--channel", "web", "--customer", "c", "--subject", "s", "--body", "b",
                "--insecure-loopback")
            #expect(submit.exitCode == 0, "\(submit.errors)")
            try running.node("n1", line: "line-one", ["--service-ms", "1", "--escalation-share", "0"])
            try running.wait("the ticket is solved") {
                try running.run("ticket", "list", "--status", "solved", "--json", "--insecure-loopback")
                    .output.contains("\"number\"")
            }
            // Who did what is in the log as ever, and roles still have their limits.
            let client = "\(running.desk.folder)/keys/client.key"
            try running.run("ticket", "show", "1", "--key", client, "--insecure-loopback")
                .expectError(77, "client")
            try running.expectClean()
        }
    }

    @Test(arguments: [
        "tcp://0.0.0.0:0", "tcp://*:0", "tcp://[::]:0", "tcp://192.0.2.1:0", "tcp://localhost:0",
    ])
    func `where others reach it a broker does not start without CURVE`(_ endpoint: String) throws {
        try withDesk { running in
            let data = "\(running.desk.folder)/desk"
            let arguments = ["broker", "--data", data, "--endpoint", endpoint, "--insecure-loopback"]
            try Outcome.of(running.desk.program, arguments).expectError(64, endpoint, "needs CURVE")
            #expect(!FileManager.default.fileExists(atPath: data))
        }
    }

    @Test func `nor does one whose file says so`() throws {
        try withDesk { running in
            let file = "\(running.desk.folder)/broker.yaml"
            try Data("endpoint: tcp://0.0.0.0:0\ninsecureLoopback: true\n".utf8)
                .write(to: URL(fileURLWithPath: file))
            try running.run("broker", "--config", file).expectError(64, "needs CURVE")
        }
    }

    @Test func `who does without says no name to another machine`() throws {
        try withDesk { running in
            let elsewhere = "tcp://192.0.2.1:7601"
            try running.run("ticket", "show", "1", "--endpoint", elsewhere, "--insecure-loopback")
                .expectError(64, elsewhere, "needs CURVE")
        }
    }

    @Test func `a command with CURVE and a broker without, and the reverse, say what is wrong`() throws {
        for isBrokerInsecure in [true, false] {
            try withDesk { running in
                running.desk.isInsecureLoopback = isBrokerInsecure
                try running.broker()
                let submit = ["submit", "--channel", "web", "--customer", "c", "--subject", "s", "--body"]
                let flag = ["--insecure-loopback"]
                try running.desk.run(submit + ["b"] + (isBrokerInsecure ? [] : flag))
                    .expectError(69, running.desk.brokerEndpoint, "CURVE", "--insecure-loopback")
                #expect(try verdict(of: SocketOptions(), at: running.desk.brokerEndpoint) == .otherMechanism)
                // Nothing was taken, and the broker serves those who agree with it.
                let right = try running.desk.run(submit + ["b", "--json"] + (isBrokerInsecure ? flag : []))
                #expect(right.exitCode == 0, "\(right.errors)")
                #expect(try running.desk.run(["verify", "--json"]).json()["tickets"] as? Int == 1)
            }
        }
    }

    /// How the last handshake of a client with neither CURVE nor a name ends; nil when it succeeds.
    private func verdict(of options: SocketOptions, at endpoint: String) throws -> HandshakeFailure? {
        let dealer = try Socket(.dealer, options: options)
        let monitor = try SocketMonitor(of: dealer)
        try dealer.connect(endpoint)
        var poller = Poller([monitor.pollItem])
        while true {
            switch try monitor.next() {
            case .handshakeSucceeded: return nil
            // A server may hang up before its greeting has left; libzmq tries again.
            case .handshakeFailed(.noDetail), .connected, .disconnected, .other: continue
            case .handshakeFailed(let failure): return failure
            case nil:
                guard try poller.wait(timeoutMilliseconds: 20_000) > 0 else {
                    throw RigError("no handshake at \(endpoint) within 20 s")
                }
            }
        }
    }
}
