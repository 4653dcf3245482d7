package import Client
import SwiftProtobuf
package import Tickets
package import Wire

extension NodeLogic {
    /// What the node tells the coordinator: everything since its start, so that a lost frame loses nothing.
    package mutating func metrics(_ session: BrokerSession, wall: Moment) -> ProtoToCoordinator {
        metricsSequence += 1
        let identity = settings.identity
        let metrics = ProtoMetrics.with {
            $0.source = "node"
            $0.name = identity.name.text
            $0.incarnation = identity.incarnation
            $0.sequence = metricsSequence
            $0.atMs = wall.milliseconds
            $0.line = identity.line.text
            $0.counters = counters(session)
            $0.gauges = gauges(session)
            $0.histograms = latencies.protos
            $0.tally = ProtoNodeTally(account, node: identity.name.text, incarnation: identity.incarnation)
        }
        return .with { ($0.version, $0.body) = (wireVersion, .metrics(metrics)) }
    }

    private func counters(_ session: BrokerSession) -> [ProtoCounter] {
        let values: KeyValuePairs<String, UInt64> = [
            "refused": account.refused, "leases_lost": account.leasesLost,
            "handler_failures": account.handlerFailures, "duplicate_grants": account.duplicateGrants,
            "connection_losses": UInt64(session.lossCount),
        ]
        return values.map { item in .with { ($0.name, $0.value) = (item.key, item.value) } }
    }

    private func gauges(_ session: BrokerSession) -> [ProtoGauge] {
        let values: KeyValuePairs<String, Double> = [
            "seats": Double(session.settings.node?.seats ?? 0), "held": Double(works.count),
            "unanswered": Double(session.unansweredCount), "connected": session.isWelcomed ? 1 : 0,
        ]
        return values.map { item in .with { ($0.name, $0.value) = (item.key, item.value) } }
    }
}
