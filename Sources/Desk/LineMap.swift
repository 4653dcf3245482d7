import Tickets

/// A map from lines to values. A desk has a handful of lines, so it is searched from the front: faster than hashing
/// their names. In order of first use.
struct LineMap<Value: Sendable>: Sendable {
    private var names: [Name] = []
    private var values: [Value?] = []

    subscript(name: Name) -> Value? {
        get { names.firstIndex(of: name).flatMap { values[$0] } }
        _modify { yield &values[place(of: name)] }
    }

    subscript(name: Name, default value: @autoclosure () -> Value) -> Value {
        get { self[name] ?? value() }
        _modify {
            let place = place(of: name)
            if values[place] == nil { values[place] = value() }
            // Where it is: taking it out to change it would copy what it refers to.
            // swift-format-ignore: NeverForceUnwrap
            yield &values[place]!
        }
    }

    /// Looks at a line's value where it is; nil when there is none.
    func look<Result>(at name: Name, _ body: (borrowing Value) -> Result) -> Result? {
        guard let place = names.firstIndex(of: name) else { return nil }
        switch values[place] {
        case .some(let value): return body(value)
        case .none: return nil
        }
    }

    private mutating func place(of name: Name) -> Int {
        if let place = names.firstIndex(of: name) { return place }
        names.append(name)
        values.append(nil)
        return names.count - 1
    }
}
