import Foundation
import Rig
import Testing

/// What people's commands remember of their claims, and what they say once a claim is over.
@Suite(.serialized, .timeLimit(.minutes(3)))
struct ClaimMemoryTests {
    @Test func `a wrong token that was given is refused everywhere, and the remembered one stays good`()
        throws
    {
        try withDesk { running in
            try running.broker()
            for _ in 0..<2 { _ = try running.submitOne() }
            #expect(try running.run("ticket", "claim", "1", "--as", "olga").exitCode == 0)
            for deed in [
                ["set", "1", "--tag", "t"], ["draft", "1", "Dear"], ["consult", "1", "pavel", "Why?"],
                ["note", "1", "n"], ["reply", "1", "r"], ["resolve", "1", "r"], ["release", "1"],
                ["pend", "1"], ["escalate", "1", "n"], ["merge", "1", "--into", "2"],
            ] {
                try running.desk.run(["ticket"] + deed + ["--as", "olga", "--token", "9"])
                    .expectError(1, "stale-token")
            }
            let shown = try running.run("ticket", "show", "1", "--json", "--as", "pavel").json()
            #expect((shown["tags"] as? [String])?.isEmpty == true, "nothing was set")
            for deed in [
                ["set", "1", "--tag", "t"], ["draft", "1", "Dear"], ["consult", "1", "pavel", "Why?"],
            ] {
                let done = try running.desk.run(["ticket"] + deed + ["--as", "olga", "--token", "1"])
                #expect(done.exitCode == 0, "\(deed): \(done.errors)")
            }
            let reply = try running.run("ticket", "reply", "1", "Done.", "--as", "olga")
            #expect(reply.exitCode == 0, "\(reply.errors)")
            try running.expectClean()
        }
    }

    @Test func `a remembered token that is stale is forgotten`() throws {
        try withDesk { running in
            try running.broker()
            _ = try running.submitOne()
            #expect(try running.run("ticket", "claim", "1", "--as", "olga").exitCode == 0)
            let lead = "\(running.desk.folder)/keys/admin.key"
            let taken = try running.run(
                "ticket", "take-over", "1", "--reason", "late", "--key", lead, "--as", "lea")
            #expect(taken.exitCode == 0, "\(taken.errors)")
            try running.run("ticket", "reply", "1", "r", "--as", "olga").expectError(1, "stale-token")
            try running.run("ticket", "reply", "1", "r", "--as", "olga").expectError(
                1, "no claim of ticket 1 is known here", "lea has it")
        }
    }

    @Test func `who lets a ticket go hears where it is now`() throws {
        try withDesk { running in
            try running.broker()
            for _ in 0..<2 { _ = try running.submitOne() }
            #expect(try running.run("ticket", "claim", "1", "--as", "olga").exitCode == 0)
            #expect(try running.run("ticket", "escalate", "1", "Look.", "--as", "olga").exitCode == 0)
            try running.run("ticket", "resolve", "1", "--as", "olga").expectError(
                1, "after your last command, `escalated`", "escalated to line-two, where it waits")
            #expect(try running.run("ticket", "claim", "1", "--as", "pavel").exitCode == 0)
            try running.wait("the view has it") {
                try running.run("ticket", "resolve", "1", "--as", "olga").errors.contains("pavel has it")
            }
            #expect(try running.run("ticket", "claim", "2", "--as", "olga").exitCode == 0)
            #expect(try running.run("ticket", "resolve", "2", "Done.", "--as", "olga").exitCode == 0)
            try running.run("ticket", "resolve", "2", "Again.", "--as", "olga").expectError(
                1, "after your last command, `solved`", "it is solved; its customer reopens it by writing")
            try running.run("ticket", "resolve", "9", "--as", "olga").expectError(1, "unknown-ticket")
        }
    }
}
