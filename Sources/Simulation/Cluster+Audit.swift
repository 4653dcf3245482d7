import Client
import Desk
import Node
import Storage
import Tickets

/// When a run is over: everything is looked at once more, from the log's first event.
extension Cluster {
    mutating func audit() {
        guard broker.isRunning else { return }
        witness.scan(broker.exchange)
        compareAccounts()
        do {
            // Where people see something there that the desk does not know, because it costs as much as verifying.
            if plan.swarm.ties.perMille > 0 { try foldView() }
            let (verdict, folded) = try Verifier.verifyAndFold(disk.store, settings: settings)
            for report in verdict.invariants {
                witness.findings.expect(
                    .audit, report.violationCount == 0, "\(report.name): \(report.violations.first ?? "")")
            }
            witness.findings.expect(
                .audit, verdict.events == Int(witness.position.rawValue),
                "verify read \(verdict.events) events")
            try compareFolds(folded)
        } catch {
            witness.findings.expect(.audit, false, "the store cannot be read: \(error)")
        }
    }

    /// The log folded from zero, as it is on the disk, and from the newest snapshot, is the desk that served until now.
    private mutating func compareFolds(_ folded: Desk?) throws {
        let live = try SnapshotCoding.encode(broker.exchange.desk)
        let recovered = try Recovery.loadDesk(from: disk.store, settings: settings).desk
        witness.findings.expect(
            .audit, try SnapshotCoding.encode(recovered) == live, "snapshot and tail give another desk")
        let isSame = try folded.map { try SnapshotCoding.encode($0) == live } == true
        witness.findings.expect(.audit, isSame, "the log from its beginning gives another desk")
    }

    /// M2: the accounts of the nodes that have run to the end.
    private mutating func compareAccounts() {
        for worker in workers where peers[worker.peer].isRunning {
            let identity = worker.logic.settings.identity
            let account = worker.logic.account
            guard
                let tally = witness.tallies.first(where: {
                    $0.incarnation == identity.incarnation && $0.node == identity.name
                })
            else {
                witness.findings.expect(.m2, account.claims == 0, "\(worker.name) is not in the log")
                continue
            }
            let own = [
                account.notes, account.replies, account.escalated, account.handedBack, account.resolved,
                account.pended, account.released,
            ]
            let logged = [
                tally.notes, tally.replies, tally.escalated, tally.handedBack, tally.resolved, tally.pended,
                tally.released,
            ]
            witness.findings.expect(.m2, own == logged, "\(worker.name) counts \(own), the log \(logged)")
            witness.findings.expect(
                .m2, account.claims <= tally.claims, "\(worker.name) counts \(account.claims) claims")
        }
    }
}
