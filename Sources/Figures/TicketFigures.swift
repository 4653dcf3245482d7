import Desk
import Promises
package import Tickets

/// What figures are made of: one ticket, as it was submitted and as it went on.
package struct TicketFigures: Hashable, Sendable {
    package let origin: TicketOrigin
    package var course: TicketCourse

    package init(origin: TicketOrigin, course: TicketCourse) {
        self.origin = origin
        self.course = course
    }

    package var submitted: Moment { course.clocks.firstResponse.started }
    /// The line that it came to first; nil in a damaged view only.
    package var line: Name? { course.clocks.lines.first?.line }

    // What it was submitted with and what was set later, in one.

    package var priority: Priority {
        course.changes.reduce(origin.priority) { priority, change in
            if case .priority(let new) = change.amendment { new } else { priority }
        }
    }

    package var kind: String? {
        course.changes.reduce(origin.kind) { kind, change in
            if case .kind(let new) = change.amendment { new } else { kind }
        }
    }

    package var tags: [String] {
        var tags = origin.tags
        for case .tag(let tag, let isOn) in course.changes.lazy.map(\.amendment) {
            tags.removeAll { $0.utf8.elementsEqual(tag.utf8) }
            if isOn { tags.append(tag) }
        }
        return tags
    }
}
