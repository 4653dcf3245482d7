import Synchronization
package import Tickets
package import ZeroMQ

/// Keeps what is done to the locks and at them. Any thread; nobody waits for the disk.
///
/// Who does the same again and again gets a line for each of the first times in a minute, then one a minute that says
/// how often: the file grows no faster than that, whatever somebody tries.
package final class AuditLog: Sendable {
    private struct Subject: Hashable {
        var deed: AuditEntry.Deed
        var who: String
    }

    private struct Tally {
        var sinceMilliseconds: Int64
        var told = 0
        var untold = 0
    }

    private static let windowMilliseconds: Int64 = 60_000
    private static let linesPerWindow = 20
    /// Subjects that are told apart in a window; all others together are one more.
    private static let subjectsMax = 4_096

    private let box: Mailbox<AuditEntry>
    private let thread: DedicatedThread
    private let stop: WakeUp
    private let tallies = Mutex<[Subject: Tally]>([:])
    private let wall: @Sendable () -> Moment

    /// Starts the log's thread.
    ///
    /// - Parameters:
    ///   - file: Where the lines go.
    ///   - wall: Wall time, for the lines.
    ///   - onFailure: Called on the log's thread when lines could not be written; those are lost.
    /// - Throws: When the system has no thread or no descriptor to give.
    package init(
        _ file: AuditFile, wall: @escaping @Sendable () -> Moment,
        onFailure: @escaping @Sendable (KeyError) -> Void
    ) throws(ZeroMQError) {
        let box = try Mailbox<AuditEntry>(capacity: 8_192)
        let stop = try WakeUp()
        (self.box, self.stop, self.wall) = (box, stop, wall)
        thread = try DedicatedThread(named: "sb.audit") {
            var poller = Poller([box.pollItem, PollItem(fileDescriptor: stop.fileDescriptor)])
            var isStopped = false
            while !isStopped {
                do throws(ZeroMQError) {
                    try poller.wait(timeoutMilliseconds: nil)
                } catch {
                    return
                }
                isStopped = poller.isReady(1)
                Self.write(box, file, onFailure)
            }
        }
    }

    private static func write(
        _ box: Mailbox<AuditEntry>, _ file: AuditFile, _ onFailure: (KeyError) -> Void
    ) {
        var entries: [AuditEntry] = []
        box.drain(into: &entries)
        guard !entries.isEmpty else { return }
        do throws(KeyError) {
            try file.append(entries.map(\.json))
        } catch {
            onFailure(error)
        }
    }

    package func record(_ deed: AuditEntry.Deed, who: String, _ detail: String) {
        let now = wall()
        guard let times = tell(Subject(deed: deed, who: who), now.milliseconds) else { return }
        // A full box drops the line: whoever waited here would let others wait.
        _ = box.post(AuditEntry(at: now, deed, who: who, detail: detail, times: times))
    }

    /// How often it happened since it was told of last; nil when it is not to be told of now.
    private func tell(_ subject: Subject, _ now: Int64) -> Int? {
        tallies.withLock { tallies in
            if tallies.count >= Self.subjectsMax {
                tallies = tallies.filter { now - $0.value.sinceMilliseconds < Self.windowMilliseconds }
            }
            let isOneOfMany = tallies[subject] == nil && tallies.count >= Self.subjectsMax
            let key = isOneOfMany ? Subject(deed: subject.deed, who: "") : subject
            var tally = tallies[key] ?? Tally(sinceMilliseconds: now)
            defer { tallies[key] = tally }
            // Wall time may also go back.
            if abs(now - tally.sinceMilliseconds) >= Self.windowMilliseconds {
                (tally.sinceMilliseconds, tally.told) = (now, 0)
            }
            guard tally.told < Self.linesPerWindow else {
                tally.untold += 1
                return nil
            }
            tally.told += 1
            defer { tally.untold = 0 }
            return tally.untold + 1
        }
    }

    /// Writes what waits, and ends. May be called again.
    package func stopAndJoin() {
        stop.ring()
        thread.join()
    }
}
