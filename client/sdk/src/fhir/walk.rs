//! Goes through a document as FHIR R4 has it, from element to element.

use std::{collections::HashSet, io::Read};

use generion_fhir::{Element, ElementType, Type, definitions};

use super::{
    collection::Collection,
    json::{Json, LateTypes, Next, RESOURCE_TYPE, Scalar, Stop},
    judge::{self, Scope},
    kind::RevealedKind,
    markup::shorten,
    opaque::Opaque,
};

/// The number of characters that are shown of a place.
const LONGEST_PLACE: usize = 200;

/// Returns the revealed values of a document, and its type. `late` are the findings of a first reading.
pub(super) fn walk<R: Read>(
    document: R,
    late: LateTypes,
) -> Result<(&'static str, Collection), Stop> {
    let mut walk = Walk {
        json: Json::new(document),
        late,
        path: String::new(),
        collection: Collection::default(),
    };
    let of = walk.resource()?;
    walk.json.end()?;
    Ok((of.name, walk.collection))
}

struct Walk<R: Read> {
    json: Json<R>,
    late: LateTypes,
    path: String,
    collection: Collection,
}

/// The values of an object that are judged together.
type Deferred = Vec<(&'static Element, Scalar)>;

impl<R: Read> Walk<R> {
    fn resource(&mut self) -> Result<&'static Type, Stop> {
        let object = self.json.begin_object()?;
        let late = self.late.remove(&object);
        let name = match late {
            Some(name) => name,
            None => match self.json.name()? {
                Some(name) if name == RESOURCE_TYPE => self.json.resource_type()?,
                _ => return Err(Opaque::NoResourceType.into()),
            },
        };
        let of = definitions().resource(name).ok_or(Opaque::NoResourceType)?;
        if self.path.is_empty() {
            self.path.push_str(of.name);
        }
        self.elements(of, Scope::of_resource(of), late.is_some())?;
        Ok(of)
    }

    fn object(&mut self, of: &'static Type, scope: Scope) -> Result<(), Stop> {
        self.json.begin_object()?;
        self.elements(of, scope, false)
    }

    /// The elements of an object that was begun. Its `resourceType` is among them if it is `late`.
    fn elements(&mut self, of: &'static Type, scope: Scope, late: bool) -> Result<(), Stop> {
        let mut seen: HashSet<(&str, bool)> = HashSet::new();
        let mut deferred = Deferred::new();
        while let Some(name) = self.json.name()? {
            if late && name == RESOURCE_TYPE {
                self.json.resource_type()?;
                continue;
            }
            let path_length = self.path.len();
            self.path.push('.');
            self.path.push_str(&name);
            // The additions to a primitive value stand under its name with an underscore before it.
            let (name, is_besides) = name
                .strip_prefix('_')
                .map_or((name.as_str(), false), |name| (name, true));
            let element = definitions()
                .element(of, name)
                .filter(|element| !is_besides || matches!(element.of, ElementType::Primitive(..)))
                .ok_or_else(|| Opaque::UnknownElement { path: self.place() })?;
            if !seen.insert((&element.name, is_besides)) {
                return Err(Opaque::Repeated { path: self.place() }.into());
            }
            if is_besides {
                self.besides(element, scope)?;
            } else if judge::is_deferred(of, element) {
                if self.json.next()? != Next::Scalar {
                    return Err(self.misshapen());
                }
                deferred.push((element, self.json.scalar()?));
            } else {
                self.element(of, element, scope)?;
            }
            self.path.truncate(path_length);
        }
        let kinds = judge::together(of, &deferred);
        for ((element, value), kind) in deferred.into_iter().zip(kinds) {
            let path_length = self.path.len();
            self.path.push('.');
            self.path.push_str(&element.name);
            self.found(kind, scope, value);
            self.path.truncate(path_length);
        }
        Ok(())
    }

    fn element(
        &mut self,
        of: &'static Type,
        element: &'static Element,
        scope: Scope,
    ) -> Result<(), Stop> {
        match (self.json.next()?, element.is_list) {
            (Next::Array, true) => self.items(|walk| walk.item(of, element, scope)),
            (Next::Object, false) => self.item(of, element, scope),
            (Next::Scalar, false) => self.item(of, element, scope),
            // Where a list is to be, a value is none of its items.
            (Next::Scalar, true) => {
                let value = self.json.scalar()?;
                self.found(judge::misplaced(&value), scope, value);
                Ok(())
            }
            (Next::Array, false) | (Next::Object, true) => Err(self.misshapen()),
        }
    }

    fn item(
        &mut self,
        of: &'static Type,
        element: &'static Element,
        scope: Scope,
    ) -> Result<(), Stop> {
        match (self.json.next()?, element.of) {
            (Next::Scalar, _) => {
                let value = self.json.scalar()?;
                self.found(judge::alone(of, element, scope, &value), scope, value);
                Ok(())
            }
            (Next::Object, ElementType::Resource) => self.resource().map(|_| ()),
            (Next::Object, ElementType::Complex(name)) => {
                let of = definitions()
                    .complex(name)
                    .ok_or_else(|| self.misshapen())?;
                self.object(of, scope.inside(element, name))
            }
            (Next::Object, ElementType::Primitive(..)) | (Next::Array, _) => Err(self.misshapen()),
        }
    }

    /// An element's id and extensions, or those of the items of a list.
    fn besides(&mut self, element: &'static Element, scope: Scope) -> Result<(), Stop> {
        let of = definitions()
            .complex("Element")
            .ok_or_else(|| self.misshapen())?;
        match (self.json.next()?, element.is_list) {
            (Next::Object, false) => self.object(of, scope),
            (Next::Array, true) => self.items(|walk| match walk.json.next()? {
                Next::Object => walk.object(of, scope),
                Next::Array => Err(walk.misshapen()),
                Next::Scalar => walk.misplaced(scope),
            }),
            (Next::Scalar, _) => self.misplaced(scope),
            (Next::Object | Next::Array, _) => Err(self.misshapen()),
        }
    }

    fn misplaced(&mut self, scope: Scope) -> Result<(), Stop> {
        let value = self.json.scalar()?;
        self.found(judge::misplaced(&value), scope, value);
        Ok(())
    }

    fn items(&mut self, mut item: impl FnMut(&mut Self) -> Result<(), Stop>) -> Result<(), Stop> {
        let length = self.path.len();
        self.json.begin_array()?;
        let mut index = 0_u64;
        while self.json.has_item()? {
            self.path.push_str(&format!("[{index}]"));
            item(self)?;
            self.path.truncate(length);
            index += 1;
        }
        Ok(())
    }

    fn found(&mut self, kind: Option<RevealedKind>, scope: Scope, value: Scalar) {
        if let (Some(kind), Scalar::Text(text) | Scalar::Number(text)) = (kind, value) {
            self.collection
                .add(kind, scope.is_subject, &self.path, &text);
        }
    }

    /// The present place, for people. Names are as long as in the document.
    fn place(&self) -> String {
        shorten(&self.path, LONGEST_PLACE)
    }

    fn misshapen(&self) -> Stop {
        Opaque::Misshapen { path: self.place() }.into()
    }
}
