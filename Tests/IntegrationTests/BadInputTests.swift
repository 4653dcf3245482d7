import Client
import Foundation
import Keys
import Rig
import Testing
import Tickets
import ZeroMQ

/// What people, programs and machines get wrong: a clear error each time, nothing lost, no crash.
@Suite(.serialized, .timeLimit(.minutes(3)))
struct BadInputTests {
    @Test func `wrong arguments are explained`() throws {
        try withDesk { running in
            try Outcome.of(running.desk.program, ["tiket", "show"]).expectError(64, "tiket")
            try running.run("ticket", "show", "abc").expectError(64, "abc")
            try running.run("ticket", "show").expectError(64, "<ticket>")
            try running.run("submit", "--jsonl", "/nowhere.jsonl").expectError(66, "/nowhere.jsonl")
            try running.run(
                "submit", "--channel", "no such", "--customer", "c", "--subject", "s", "--body", "b"
            )
            .expectError(64, "no such")
            try running.run("ticket", "list", "--endpoint", "foo")
                .expectError(64, "foo is no endpoint: write it like tcp://127.0.0.1:7601")
            try running.run("node", "--name", "n", "--line", "l", "--drain-grace-ms", "-5")
                .expectError(64, "`drainGraceMs` is -5")
        }
    }

    @Test func `without a broker it says so`() throws {
        try withDesk { running in
            let outcome = try running.run("ticket", "show", "1")
            outcome.expectError(69, running.desk.brokerEndpoint)
        }
    }

    @Test func `lines that are wrong are refused by number and the others go in`() throws {
        try withDesk { running in
            try running.broker()
            var file = Data()
            let good = #"{"channel":"web","customer":"c","subject":"s","body":"b"}"#
            file.append(Data((good + "\n").utf8))
            file.append(Data("{\"channel\":\"web\",\n".utf8))
            file.append(Data(#"{"channel":"web","customer":"c","subject":"s","body":""#.utf8))
            file.append(contentsOf: [0xff, 0xfe])
            file.append(Data("\"}\n".utf8))
            let huge = String(repeating: "x", count: 10 << 20)
            file.append(Data(#"{"channel":"web","customer":"c","subject":"s","body":"\#(huge)"}"#.utf8))
            file.append(
                Data(("\n" + #"{"channel":"web","subject":"s","body":"b"}"# + "\n" + good + "\n").utf8))
            let path = "\(running.desk.folder)/bad.jsonl"
            try file.write(to: URL(fileURLWithPath: path))
            let outcome = try running.run("submit", "--jsonl", path, "--json")
            #expect(outcome.exitCode == 1)
            let report = try outcome.json()
            #expect(report["accepted"] as? Int == 2, "\(outcome.output) \(outcome.errors)")
            #expect(report["refused"] as? Int == 4, "\(outcome.output) \(outcome.errors)")
            #expect(try running.totals()["submitted"] as? Int == 2)
            try running.expectClean()
        }
    }

    @Test func `an unknown ticket, a body that is too long and a wrong token are refused`() throws {
        try withDesk { running in
            try running.broker()
            try running.run("ticket", "show", "42").expectError(1, "42")
            try running.run("ticket", "list", "--line", "bogus").expectError(
                64, "there is no line `bogus`: the desk has line-one, line-two")
            #expect(try running.run("ticket", "list", "--line", "line-two").exitCode == 0, "empty, and there")
            try running.run("ticket", "claim", "42", "--as", "olga").expectError(1, "42")
            let long = String(repeating: "x", count: 300_000)
            let outcome = try running.run(
                "submit", "--channel", "web", "--customer", "c", "--subject", "s", "--body", "-", input: long)
            outcome.expectError(1, "262144")
            _ = try running.submitOne()
            #expect(try running.run("ticket", "claim", "1", "--as", "olga").exitCode == 0)
            try running.run("ticket", "resolve", "1", "--as", "olga", "--token", "9", "--seen", "1")
                .expectError(1, "token")
        }
    }

    @Test func `a key of another desk, and a key for other work, are refused`() throws {
        try withDesk { running in
            try running.broker()
            try withDesk { other in
                let foreign = "\(other.desk.folder)/keys/agent.key"
                let outcome = try running.run("ticket", "show", "1", "--key", foreign)
                #expect([69, 77].contains(outcome.exitCode), "\(outcome.errors)")
                #expect(outcome.errors.contains("key"), "\(outcome.errors)")
            }
            let client = "\(running.desk.folder)/keys/client.key"
            let outcome = try running.run("ticket", "show", "1", "--key", client)
            #expect([1, 77].contains(outcome.exitCode), "\(outcome.errors)")
            #expect(outcome.errors.contains("client"), "\(outcome.errors)")
        }
    }

    @Test func `a secret key that others can read is not used`() throws {
        try withDesk { running in
            #expect(chmod("\(running.desk.folder)/keys/agent.key", 0o644) == 0)
            let outcome = try running.run("ticket", "show", "1")
            #expect(outcome.exitCode != 0)
            #expect(outcome.errors.contains("chmod 600"), "\(outcome.errors)")
        }
    }

    @Test func `garbage on the broker's port disturbs nobody`() throws {
        try withDesk { running in
            try running.broker()
            let port = try #require(running.desk.brokerEndpoint.split(separator: ":").last)
            let script = """
                for text in 'asdf\\r\\n' 'GET / HTTP/1.1\\r\\n\\r\\n' '\\377\\0\\0\\0\\0\\0\\0\\0\\001\\177\\003\\0NULL'; do
                  (printf "$text"; head -c 20000 /dev/urandom) > /dev/tcp/127.0.0.1/\(port) || true
                done
                """
            _ = try Outcome.of("/bin/bash", ["-c", script])
            let submit = try running.submitOne()
            #expect(submit.exitCode == 0, "\(submit.errors)")
        }
    }

    @Test func `frames that make no sense are answered, and the loop goes on`() throws {
        try withDesk { running in
            try running.broker()
            let key = try running.desk.keys.load("client")
            let server = try #require(key.broker)
            // A key holder who sends rubbish: random frames and whole messages of many parts.
            let dealer = try Socket(
                .dealer, options: SocketOptions(security: .client(server: server, keys: key.keys)))
            try dealer.connect(running.desk.brokerEndpoint)
            var sent = 0
            var random = SystemRandomNumberGenerator()
            var poller = Poller([dealer.pollItem])
            poller.setWaitsToSend(0, true)
            while sent < 2_000 {
                try poller.wait(timeoutMilliseconds: 1_000)
                let frame = (0..<Int.random(in: 0...200, using: &random)).map { _ in UInt8.random(in: 0...255)
                }
                let outcome =
                    sent.isMultiple(of: 10) ? try dealer.sendParts([frame, frame]) : try dealer.send(frame)
                if case .sent = outcome { sent += 1 }
            }
            let submit = try running.submitOne()
            #expect(submit.exitCode == 0, "\(submit.errors)")
            try running.expectClean()
        }
    }
}
