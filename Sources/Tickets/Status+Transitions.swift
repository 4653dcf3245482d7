extension Status {
    /// The one table of what may follow what; a status may always stay what it is.
    ///
    /// `closed` is the end: a message that comes later makes another ticket. Any ticket may become `closed` by being
    /// merged into another.
    package func allows(_ next: Status) -> Bool {
        switch (self, next) {
        case (.new, .new), (.new, .open), (.new, .closed): true
        // By a rule, before anybody sees it.
        case (.new, .pending), (.new, .onHold), (.new, .solved): true
        case (.open, .open), (.open, .pending), (.open, .onHold), (.open, .solved), (.open, .closed): true
        case (.pending, .pending), (.pending, .open), (.pending, .closed): true
        case (.onHold, .onHold), (.onHold, .open), (.onHold, .closed): true
        case (.solved, .solved), (.solved, .open), (.solved, .closed): true
        case (.closed, .closed): true
        case (.new, _), (.open, _), (.pending, _), (.onHold, _), (.solved, _), (.closed, _): false
        }
    }
}
