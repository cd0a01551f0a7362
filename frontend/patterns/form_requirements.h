// What a compiled form asks of a graph before any node is compared with it.
#ifndef OPCOST_FRONTEND_PATTERNS_FORM_REQUIREMENTS_H_
#define OPCOST_FRONTEND_PATTERNS_FORM_REQUIREMENTS_H_

#include "frontend/patterns/form.h"

namespace opcost {

// Fills in what follows from the terms and the root: what each term's tensor can come from, the operators that the last
// node can have (none where no operator is at the form's end), and those that every match has a node of.
void FindRequirements(Form& form);

}  // namespace opcost

#endif  // OPCOST_FRONTEND_PATTERNS_FORM_REQUIREMENTS_H_
