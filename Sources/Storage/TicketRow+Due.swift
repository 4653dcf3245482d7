import Figures
package import Promises
import Tickets

extension TicketRow {
    /// What of its promises runs out first, by a policy; nil while its clocks stand, and of what no report counts.
    package func firstDue(under policy: PromisePolicy) -> PromiseAlert? {
        guard status != .solved, status != .closed, course.counts,
            let rule = policy.rule(channel: channel, priority: currentPriority, group: group),
            let due = course.clocks.due(under: rule).first,
            let clock = course.clocks.current.first(where: { $0.id.kind == due.kind })
        else { return nil }
        return PromiseAlert(clock.id, rule: rule.name, due: due.at, warning: nil)
    }
}
