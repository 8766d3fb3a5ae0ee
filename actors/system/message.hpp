// What makes a struct a message between actors of this process.
// Included by the headers that declare messages.
// No state.
#pragma once

#include <caf/meta/type_name.hpp>

/// Lets CAF carry the type inside this process. There is no wire form: the state is not visited.
#define MOFA_MESSAGE(type)                                              \
  template <class Inspector>                                            \
  friend typename Inspector::result_type inspect(Inspector& f, type&) { \
    return f(caf::meta::type_name(#type));                              \
  }
