import Foundation
import Keys
import Rig
import Testing

/// Folders, ports and disks that are not as they should be.
@Suite(.serialized, .timeLimit(.minutes(3)))
struct BadMachineTests {
    @Test func `a port that is in use is named`() throws {
        try withDesk { running in
            try running.broker()
            try withDesk { other in
                let outcome = try other.run("broker", "--endpoint", running.desk.brokerEndpoint)
                outcome.expectError(69, running.desk.brokerEndpoint)
            }
        }
    }

    @Test func `a folder that another broker has open is left alone`() throws {
        try withDesk { running in
            try running.broker()
            let outcome = try running.run("broker", "--endpoint", "tcp://127.0.0.1:0")
            #expect(outcome.exitCode != 0)
            #expect(outcome.errors.contains(running.desk.folder), "\(outcome.errors)")
        }
    }

    @Test func `a missing folder, and one that cannot be written, are named`() throws {
        try withDesk { running in
            let program = running.desk.program
            let missing = try Outcome.of(
                program, ["broker", "--data", "/nowhere/at/all", "--endpoint", "tcp://127.0.0.1:0"])
            #expect([66, 73].contains(missing.exitCode), "\(missing.errors)")
            #expect(missing.errors.contains("/nowhere/at/all"), "\(missing.errors)")
            // A file where the folder should be cannot be written by root either.
            let file = "\(running.desk.folder)/file"
            try Data().write(to: URL(fileURLWithPath: file))
            let blocked = try Outcome.of(
                program, ["broker", "--data", file, "--endpoint", "tcp://127.0.0.1:0"])
            #expect(blocked.exitCode != 0)
            #expect(blocked.errors.contains(file), "\(blocked.errors)")
        }
    }

    @Test func `a line with tickets cannot be left out of the settings`() throws {
        try withDesk { running in
            let broker = try running.broker()
            _ = try running.submitOne()
            #expect(broker.terminate() == 0)
            let outcome = try running.run(
                "broker", "--endpoint", "tcp://127.0.0.1:0", "--lines", "front,back")
            #expect(outcome.exitCode != 0)
            #expect(
                outcome.errors.contains("line line-one is needed: of its tickets 1 are on it"),
                "\(outcome.errors)")
        }
    }

    /// A desk that cannot keep its view would grant tickets whose text it cannot read: better that it is started again.
    @Test func `a broker whose view cannot be written ends and says so`() throws {
        try withDesk { running in
            let broker = try running.broker()
            let lock = try ChildProcess(
                "lock", program: "/usr/bin/python3",
                arguments: [
                    "-c",
                    """
                    import signal, sqlite3, sys
                    view = sqlite3.connect(sys.argv[1], isolation_level=None)
                    view.execute("BEGIN IMMEDIATE")
                    print("ready lock", flush=True)
                    signal.pause()
                    """, "\(running.desk.folder)/view.sqlite",
                ])
            defer { lock.kill() }
            _ = try lock.waitUntilReady()
            _ = try running.submitOne()
            #expect(broker.wait() != 0)
            let log = try String(contentsOfFile: "\(running.desk.folder)/logs/broker.log", encoding: .utf8)
            #expect(log.contains("view.sqlite"), "\(log)")
        }
    }

    @Test(.enabled(if: getuid() == 0, "mounting needs root"))
    func `a read-only disk is named, and the desk can still be checked`() throws {
        try withDesk { running in
            let broker = try running.broker()
            _ = try running.submitOne()
            #expect(broker.terminate() == 0)
            let folder = running.desk.folder
            #expect(try Outcome.of("/bin/mount", ["--bind", folder, folder]).exitCode == 0)
            defer { _ = umount(folder) }
            #expect(try Outcome.of("/bin/mount", ["-o", "remount,ro,bind", folder]).exitCode == 0)
            let outcome = try running.run("broker", "--endpoint", "tcp://127.0.0.1:0")
            #expect(outcome.exitCode != 0)
            #expect(outcome.errors.contains(folder), "\(outcome.errors)")
            #expect(!outcome.errors.contains("Fatal error"))
        }
    }

    /// A disk of 24 MiB: new tickets are refused before it is full, nothing acknowledged is lost, and room again
    /// means tickets again.
    @Test(.enabled(if: getuid() == 0, "mounting needs root"))
    func `a full disk refuses new tickets, loses nothing and recovers`() throws {
        let running = RunningDesk(try TestDesk())
        let desk = running.desk
        defer { running.end() }
        let mount = try Outcome.of("/bin/mount", ["-t", "tmpfs", "-o", "size=24m", "tmpfs", desk.folder])
        #expect(mount.exitCode == 0, "\(mount.errors)")
        defer { _ = umount2(desk.folder, 2) }
        try FileManager.default.createDirectory(
            atPath: "\(desk.folder)/logs", withIntermediateDirectories: true)
        try desk.keys.create()
        try desk.writeEndpoints()
        desk.diskReserveMebibytes = 8
        try running.broker()
        let first = try running.submitOne()
        #expect(first.exitCode == 0, "\(first.errors)")
        let filler = "\(desk.folder)/filler"
        try Data(count: 14 << 20).write(to: URL(fileURLWithPath: filler))
        try running.wait("new tickets are refused") {
            let next = try running.submitOne()
            return next.exitCode != 0 && next.errors.contains("disk")
        }
        // Finishing work is admitted.
        #expect(try running.run("ticket", "claim", "1", "--as", "olga").exitCode == 0)
        let resolve = try running.run("ticket", "resolve", "1", "Solved.", "--as", "olga")
        #expect(resolve.exitCode == 0, "\(resolve.errors)")
        try FileManager.default.removeItem(atPath: filler)
        try running.wait("tickets are taken again") {
            try running.submitOne()
                .exitCode == 0
        }
        try running.expectClean()
    }
}
